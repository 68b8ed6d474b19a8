import { Injectable, type OnModuleInit } from '@nestjs/common';
import { NotFound, Nothing } from '@parley/contracts';
import { ActRecorder, Jobs } from '@parley/messaging';
import { Database } from '@parley/persistence';
import { CustomerRepository } from '../customers/customer.repository';
import { Customers } from '../customers/customers.service';
import { applyStripeObject, queueOf } from './stripe-jobs';
import { StripeObjects } from './stripe-objects.service';

/** Makes good what was missed, with Stripe as the truth: each night for everybody, on demand for one. */
@Injectable()
export class StripeSync implements OnModuleInit {
  constructor(
    private readonly database: Database,
    private readonly jobs: Jobs,
    private readonly acts: ActRecorder,
    private readonly customers: Customers,
    private readonly rows: CustomerRepository,
    private readonly objects: StripeObjects,
  ) {}

  onModuleInit(): void {
    this.jobs.schedule('billing-stripe-sync', '0 1 * * *', () => this.enqueueAll());
    this.jobs.schedule('billing-trials', '15 6 * * *', () => this.lookAtTrials());
  }

  async tenant(tenantId: string): Promise<Nothing> {
    const customer = await this.customers.find(tenantId);
    if (!customer) throw new NotFound('The tenant is no customer at Stripe');
    await this.objects.apply('customer', customer);
    await this.database.forTenant(tenantId, () =>
      this.acts.record({ action: 'billing.synced', resourceType: 'tenant', resourceId: tenantId, tenantId }),
    );
    return new Nothing();
  }

  async enqueueAll(): Promise<void> {
    await this.database.system('all customers at Stripe', async () => {
      for (const { customerId: id } of await this.rows.all())
        await this.jobs.enqueue(applyStripeObject, { kind: 'customer', id }, waiting('customer', id));
    });
  }

  /** Notices that Stripe did not tell of, and trials that ended (J-25). */
  async lookAtTrials(): Promise<void> {
    await this.database.system('trials about to end', async () => {
      const rows = await this.database.query<{ id: string }>(
        `SELECT external_id AS id FROM subscriptions
         WHERE source = 'stripe' AND status = 'trialing' AND trial_end < now() + interval '3 days'`,
      );
      for (const { id } of rows)
        await this.jobs.enqueue(applyStripeObject, { kind: 'subscription', id }, waiting('subscription', id));
    });
  }
}

const waiting = (kind: string, id: string) => ({
  key: `stripe:${kind}:${id}`,
  ...queueOf(kind === 'customer' ? id : null),
});
