import { Controller, Inject } from '@nestjs/common';
import {
  agentsOnboardingStepV1,
  billingOnboardingStepV1,
  type EventMeta,
  type OnboardingStepCompletedV1,
} from '@parley/contracts';
import { DeadLetterNow, OnEvent } from '@parley/messaging';
import { afterReport, type RemoteStep, statusOf } from './onboarding';
import { OnboardingRepository } from './onboarding.repository';

/** What other services tell of their steps, in the transaction of the tenant that the envelope names. */
@Controller()
export class OnboardingStepsConsumer {
  constructor(@Inject(OnboardingRepository) private readonly runs: OnboardingRepository) {}

  @OnEvent(billingOnboardingStepV1)
  async onPlan(report: OnboardingStepCompletedV1, meta: EventMeta): Promise<void> {
    await this.apply('plan', report, meta);
  }

  @OnEvent(agentsOnboardingStepV1)
  async onAgent(report: OnboardingStepCompletedV1, meta: EventMeta): Promise<void> {
    await this.apply('agent', report, meta);
  }

  private async apply(
    step: RemoteStep,
    { runId, outcome, reason }: OnboardingStepCompletedV1,
    { type, time }: EventMeta,
  ): Promise<void> {
    const run = await this.runs.lock(runId);
    if (!run) throw new DeadLetterNow(`${type} names a run that its tenant does not have`);
    const at = new Date(time);
    const steps = afterReport(run, step, outcome, at, reason);
    if (steps) await this.runs.save({ ...run, steps, status: statusOf(steps), updatedAt: at });
  }
}
