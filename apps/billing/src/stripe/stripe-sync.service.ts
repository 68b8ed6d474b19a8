import { Injectable, type OnModuleInit } from '@nestjs/common';
import { NotFound, Nothing } from '@parley/contracts';
import { ActRecorder, Jobs } from '@parley/messaging';
import { Database } from '@parley/persistence';
import { CustomerRepository } from '../customers/customer.repository';
import { Customers } from '../customers/customers.service';
import { CustomerSync } from './customer-sync';
import { applyStripeObject, syncCustomer } from './stripe-jobs';

/** One after another: what Stripe tells meanwhile finds workers, and Stripe room to answer. */
const SYNC_QUEUE = 'stripe-sync';
/** A billing period and some days; what moved before is found by its money (reconciliation). */
const WINDOW_DAYS = 40;

/** Makes good what was missed, with Stripe as the truth: each night for everybody, on demand for one. */
@Injectable()
export class StripeSync implements OnModuleInit {
  constructor(
    private readonly database: Database,
    private readonly jobs: Jobs,
    private readonly acts: ActRecorder,
    private readonly customers: Customers,
    private readonly rows: CustomerRepository,
    private readonly sync: CustomerSync,
  ) {}

  onModuleInit(): void {
    this.jobs.handle(syncCustomer, async ({ tenantId, customerId }) => {
      await this.sync.run(tenantId, customerId, new Date(Date.now() - WINDOW_DAYS * 86_400_000));
    });
    this.jobs.schedule('billing-stripe-sync', '0 1 * * *', () => this.enqueueAll());
    this.jobs.schedule('billing-trials', '15 6 * * *', () => this.lookAtTrials());
  }

  async tenant(tenantId: string): Promise<Nothing> {
    const customer = await this.customers.find(tenantId);
    if (!customer) throw new NotFound('The tenant is no customer at Stripe');
    const [fault] = await this.sync.run(tenantId, customer);
    if (fault) throw fault.error;
    await this.database.forTenant(tenantId, () =>
      this.acts.record({ action: 'billing.synced', resourceType: 'tenant', resourceId: tenantId, tenantId }),
    );
    return new Nothing();
  }

  async enqueueAll(): Promise<void> {
    await this.database.system('all customers at Stripe', async () => {
      for (const customer of await this.rows.all())
        await this.jobs.enqueue(syncCustomer, customer, {
          key: `stripe:sync:${customer.customerId}`,
          queue: SYNC_QUEUE,
        });
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
        await this.jobs.enqueue(
          applyStripeObject,
          { kind: 'subscription', id },
          {
            key: `stripe:subscription:${id}`,
          },
        );
    });
  }
}
