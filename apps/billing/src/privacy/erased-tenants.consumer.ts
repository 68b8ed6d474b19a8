import { Controller } from '@nestjs/common';
import { type PrivacyRequestedV1, privacyRequestedV1 } from '@parley/contracts';
import { Jobs, OnEvent } from '@parley/messaging';
import { SubscriptionRepository } from '../subscriptions/subscription.repository';
import { endSubscription, queueOf } from '../stripe/stripe-jobs';

/** Who is erased is charged no more: what Stripe still bills ends there. */
@Controller()
export class ErasedTenantsConsumer {
  constructor(
    private readonly jobs: Jobs,
    private readonly subscriptions: SubscriptionRepository,
  ) {}

  @OnEvent(privacyRequestedV1)
  async onPrivacyRequested({ kind, wholeTenantIds }: PrivacyRequestedV1): Promise<void> {
    if (kind !== 'erasure') return;
    const billed = await this.subscriptions.billedAtStripe(wholeTenantIds);
    for (const { externalId: stripeSubscriptionId, customerId } of billed)
      await this.jobs.enqueue(
        endSubscription,
        { stripeSubscriptionId },
        { key: `end:${stripeSubscriptionId}`, ...queueOf(customerId) },
      );
  }
}
