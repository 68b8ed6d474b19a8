import { setTimeout as wait } from 'node:timers/promises';
import { Injectable, Logger } from '@nestjs/common';
import { AppError, opsAlertRaisedV1 } from '@parley/contracts';
import { Outbox } from '@parley/messaging';
import { Database } from '@parley/persistence';
import { SubscriptionRepository } from '../subscriptions/subscription.repository';
import { StripeBusy } from './stripe.errors';
import { StripeReader } from './stripe.reader';
import { StripeObjects } from './stripe-objects.service';

/** Waits between tries when Stripe says that we ask too much; then the job waits longer. */
const PATIENCE_MS = [1_000, 2_000, 4_000, 8_000];

interface Fault {
  readonly object: string;
  readonly error: unknown;
}

/** Brings one tenant to what Stripe has of its customer: what was missed is made good, what is known changes nothing. */
@Injectable()
export class CustomerSync {
  private readonly logger = new Logger(CustomerSync.name);

  constructor(
    private readonly database: Database,
    private readonly outbox: Outbox,
    private readonly reader: StripeReader,
    private readonly objects: StripeObjects,
    private readonly subscriptions: SubscriptionRepository,
  ) {}

  /**
   * An object that cannot be applied is told of, and keeps no other from being applied.
   * @param since what was made before is left out, but for subscriptions that go on; everything when not said
   * @throws Unavailable when Stripe cannot be asked
   */
  async run(tenantId: string, customer: string, since?: Date): Promise<readonly Fault[]> {
    // Deleted: erased, or replaced when its tenant buys again.
    if (!(await patiently(() => this.reader.isCustomer(customer)))) return [];
    const faults: Fault[] = [];
    const each = async (object: string, work: () => Promise<unknown>): Promise<void> => {
      try {
        await patiently(work);
      } catch (error) {
        if (error instanceof AppError && error.kind === 'unavailable') throw error;
        this.logger.error({ err: error, tenantId, object }, 'an object of Stripe’s could not be applied');
        faults.push({ object, error });
      }
    };
    for (const id of await this.subscriptionsOf(tenantId, customer, since))
      await each(id, () => this.objects.apply('subscription', id));
    for (const id of await patiently(() => this.reader.invoicesOf(customer, since)))
      await each(id, () => this.objects.storeInvoice(id));
    for (const id of await patiently(() => this.reader.paymentsOf(customer, since)))
      await each(id, () => this.objects.apply('payment', id));
    if (faults.length > 0) await this.tell(tenantId, faults);
    return faults;
  }

  private async subscriptionsOf(
    tenantId: string,
    customer: string,
    since: Date | undefined,
  ): Promise<Set<string>> {
    if (!since) return new Set(await patiently(() => this.reader.subscriptionsOf(customer)));
    const live = await this.database.forTenant(tenantId, () => this.subscriptions.live(tenantId));
    const ours = live.filter(({ source }) => source === 'stripe').map(({ externalId }) => externalId);
    return new Set([...ours, ...(await patiently(() => this.reader.liveSubscriptionsOf(customer)))]);
  }

  private async tell(tenantId: string, faults: readonly Fault[]): Promise<void> {
    const objects = faults.slice(0, 20).map(({ object }) => object);
    await this.database.forTenant(tenantId, () =>
      this.outbox.add(
        opsAlertRaisedV1,
        {
          kind: 'stripe_object_not_applied',
          severity: 'critical',
          tenantId,
          message: `${faults.length} objects of Stripe's could not be applied`,
          details: { objects },
          dedupeKey: `stripe_object_not_applied:${objects.join(':')}`.slice(0, 300),
        },
        { subject: tenantId, tenantId },
      ),
    );
  }
}

/** Asks again, after a while, what Stripe had no room for. */
async function patiently<T>(work: () => Promise<T>): Promise<T> {
  for (const pauseMs of PATIENCE_MS) {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof StripeBusy)) throw error;
      await wait(pauseMs);
    }
  }
  return work();
}
