import { Controller } from '@nestjs/common';
import { type PrivacyRequestedV1, privacyRequestedV1 } from '@parley/contracts';
import { Jobs, OnEvent } from '@parley/messaging';
import { CustomerRepository } from '../customers/customer.repository';
import { forgetCustomer, queueOf } from '../stripe/stripe-jobs';

/** Who is erased is charged no more, and is nobody at Stripe. */
@Controller()
export class ErasedTenantsConsumer {
  constructor(
    private readonly jobs: Jobs,
    private readonly customers: CustomerRepository,
  ) {}

  @OnEvent(privacyRequestedV1)
  async onPrivacyRequested({ kind, wholeTenantIds }: PrivacyRequestedV1): Promise<void> {
    if (kind !== 'erasure') return;
    for (const { customerId } of await this.customers.ofTenants(wholeTenantIds))
      await this.jobs.enqueue(
        forgetCustomer,
        { customerId },
        { key: `forget:${customerId}`, ...queueOf(customerId) },
      );
  }
}
