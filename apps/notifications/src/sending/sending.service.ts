import { Inject, Injectable, Logger } from '@nestjs/common';
import { webhookDeliveryDeadV1, webhookEndpointStoppedV1 } from '@parley/contracts';
import { Jobs, Outbox } from '@parley/messaging';
import { Database } from '@parley/persistence';
import { CONFIG } from '@parley/platform';
import type { NotificationsConfig } from '../config';
import { errorOf, verdictOf } from './answer';
import type { AttemptResult, ClaimedDelivery } from './claimed-delivery';
import { type EndpointHealth, healthAfter } from './endpoint-health';
import { nextStep, type Step } from './next-step';
import { attemptsMade } from './sending.metrics';
import { type Claim, SendingRepository } from './sending.repository';
import { wakeEndpoint } from './wake.job';

const DAY_MS = 86_400_000;

interface Outcome {
  readonly result: AttemptResult;
  readonly step: Step;
}

/** One transaction of a pump: what came back is written down, what is due next is claimed. */
@Injectable()
export class SendingService {
  private readonly logger = new Logger(SendingService.name);

  constructor(
    private readonly database: Database,
    private readonly jobs: Jobs,
    private readonly outbox: Outbox,
    private readonly repository: SendingRepository,
    @Inject(CONFIG) private readonly config: NotificationsConfig,
  ) {}

  turn(results: readonly AttemptResult[], claim: Claim): Promise<ClaimedDelivery[]> {
    return this.database.tenant(async () => {
      if (results.length > 0) await this.settle(claim.endpointId, results);
      return claim.room > 0 ? this.repository.claim(claim) : [];
    });
  }

  /** For when a pump stops although more may be due. */
  async wakeAgain(endpointId: string): Promise<void> {
    await this.database.tenant(() => this.jobs.enqueue(wakeEndpoint, { endpointId }));
  }

  private async settle(endpointId: string, results: readonly AttemptResult[]): Promise<void> {
    const outcomes = results.map((result) => ({ result, step: this.stepOf(result) }));
    const recorded = await this.repository.record(outcomes);
    for (const outcome of outcomes) {
      attemptsMade.inc({ verdict: verdictOf(outcome.result.answer) });
      if (recorded.has(outcome.result.delivery.id)) await this.followUp(endpointId, outcome);
    }
    await this.judgeEndpoint(
      endpointId,
      results.filter(({ delivery }) => !delivery.isTest),
    );
  }

  private stepOf({ delivery, answer, endedAt }: AttemptResult): Step {
    const { attempt, maxAttempts, schedule } = delivery;
    const backoff = { baseSeconds: this.config.WEBHOOK_RETRY_BASE_SECONDS, schedule };
    return nextStep({ attempt, maxAttempts, answer }, backoff, endedAt);
  }

  private async followUp(endpointId: string, { result, step }: Outcome): Promise<void> {
    const { delivery, answer } = result;
    if (step.status === 'failed') {
      await this.jobs.enqueue(wakeEndpoint, { endpointId }, { runAt: step.nextAttemptAt });
    }
    if (step.status !== 'dead' || delivery.isTest) return;
    const { id: deliveryId, eventId, eventType, attempt: attempts } = delivery;
    const reason = errorOf(answer) ?? 'unknown';
    this.logger.warn({ deliveryId, endpointId, eventType, attempts, reason }, 'a webhook was given up');
    const payload = { deliveryId, endpointId, eventId, eventType, attempts, reason };
    await this.outbox.add(webhookDeliveryDeadV1, payload, { subject: deliveryId });
  }

  /** Healthy endpoints are not touched, so that their row is no bottleneck. */
  private async judgeEndpoint(endpointId: string, results: readonly AttemptResult[]): Promise<void> {
    const eventful = results.some(
      ({ answer, delivery }) => verdictOf(answer) !== 'delivered' || delivery.consecutiveFailures > 0,
    );
    if (!eventful) return;
    const locked = await this.repository.lockEndpoint(endpointId);
    if (!locked) return;
    const after = this.healthOf(locked, results);
    await this.repository.saveHealth(endpointId, after);
    const { restingUntil, stopped } = after;
    if (restingUntil && restingUntil > (locked.restingUntil ?? new Date(0))) {
      await this.jobs.enqueue(
        wakeEndpoint,
        { endpointId },
        { runAt: restingUntil, key: `rest:${endpointId}` },
      );
    }
    if (!stopped || locked.status !== 'active') return;
    this.logger.warn({ endpointId, ...stopped }, 'a webhook endpoint was stopped');
    const payload = { endpointId, name: locked.name, ...stopped };
    await this.outbox.add(webhookEndpointStoppedV1, payload, { subject: endpointId });
  }

  private healthOf(before: EndpointHealth, results: readonly AttemptResult[]): EndpointHealth {
    const policy = {
      baseSeconds: this.config.WEBHOOK_RETRY_BASE_SECONDS,
      disableAfterMs: this.config.WEBHOOK_DISABLE_AFTER_DAYS * DAY_MS,
    };
    return results.reduce(
      (health, { answer, delivery, endedAt }) =>
        healthAfter(health, answer, { ...policy, format: delivery.format }, endedAt),
      before,
    );
  }
}
