import { Controller } from '@nestjs/common';
import {
  AppError,
  billingOnboardingStepV1,
  currentCaller,
  type EventMeta,
  type OnboardingRequestedV1,
  onboardingRequestedV1,
  type OnboardingStepCompletedV1,
  runAs,
} from '@parley/contracts';
import { OnEvent, Outbox } from '@parley/messaging';
import { addMonths } from '../periods/windows';
import { Sales } from './sales.service';

/** Gives the plan of a client that an administrator sets up (BR-052), and says how that went. */
@Controller()
export class OnboardingConsumer {
  constructor(
    private readonly outbox: Outbox,
    private readonly sales: Sales,
  ) {}

  @OnEvent(onboardingRequestedV1)
  async onRequested({ runId, tenantId, planCode }: OnboardingRequestedV1, meta: EventMeta): Promise<void> {
    if (!planCode) return;
    // Told of in an event of its own, which may come later: this one is tried again.
    if (!(await this.sales.isKnown(tenantId)))
      throw new Error('The tenant of the onboarding is not known yet');
    const report = await this.give(tenantId, planCode, meta);
    await this.outbox.add(
      billingOnboardingStepV1,
      { runId, ...report },
      { subject: tenantId, tenantId, causationId: meta.id },
    );
  }

  /** In the name of who set the client up. */
  private async give(
    tenantId: string,
    planCode: string,
    { actorId }: EventMeta,
  ): Promise<Omit<OnboardingStepCompletedV1, 'runId'>> {
    const now = new Date();
    const gift = { planCode, now, end: addMonths(now, 1), ends: false, reason: 'Quick onboarding' };
    const caller = { ...currentCaller(), ...(actorId ? { userId: actorId } : {}) };
    try {
      await runAs(caller, () => this.sales.give(tenantId, gift));
      return { outcome: 'done' };
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      return { outcome: 'failed', reason: `${error.code}: ${error.message}`.slice(0, 500) };
    }
  }
}
