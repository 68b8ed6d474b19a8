import { getUsage, newId, type UsageMeter } from '@parley/contracts';
import type { TestDatabase } from '@parley/testing';
import { UpkeepService } from '../src/books/upkeep.service';
import { type SubscriptionState, Subscriptions } from '../src/subscriptions/subscriptions.service';
import { callEnded, callEnriched, type Replica, tenantCreated } from './running-billing';

const DAY_MS = 86_400_000;
/** Fixed: two looks at one subscription must name the same period. */
const NOW = Math.floor(Date.now() / 1_000) * 1_000;

export const inDays = (days: number): Date => new Date(NOW + days * DAY_MS);

/** A tenant whose subscriptions say what a test has them say. */
export class Subscriber {
  readonly tenantId = newId();
  private news = 0;

  private constructor(
    private readonly database: TestDatabase,
    private readonly billing: Replica,
  ) {}

  static async of(database: TestDatabase, billing: Replica): Promise<Subscriber> {
    const subscriber = new Subscriber(database, billing);
    await billing.deliver(tenantCreated(subscriber.tenantId));
    return subscriber;
  }

  /** What Stripe says now of a plan whose period runs, unless said otherwise. */
  is(fields: Partial<SubscriptionState> = {}): Promise<string> {
    const state: SubscriptionState = {
      tenantId: this.tenantId,
      externalId: 'sub_1',
      source: 'stripe',
      planCode: 'voice.core',
      status: 'active',
      interval: 'month',
      periodStart: inDays(-10),
      periodEnd: inDays(20),
      asOf: new Date(NOW + (this.news += 1)),
      ...fields,
    };
    return this.billing.within(this.tenantId, () =>
      this.billing.get<Subscriptions>(Subscriptions).apply(state),
    );
  }

  /** @param endedAt when the call was over, whenever it is told */
  async talk(minutes: number, endedAt = new Date(), callId = newId()): Promise<string> {
    const fields = { callId, durationSeconds: minutes * 60, endedAt: endedAt.toISOString() };
    const [failed] = await this.billing.deliver(callEnded(this.tenantId, fields));
    if (failed) throw failed;
    return callId;
  }

  async meter(name: UsageMeter) {
    const { meters } = await this.billing.ask(this.tenantId, getUsage, {});
    return meters.find(({ meter }) => meter === name);
  }

  async balance(meter: UsageMeter): Promise<number> {
    const [row] = await this.database.query<{ balance: string }>(
      'SELECT balance FROM billing.wallets WHERE tenant_id = $1 AND meter = $2',
      [this.tenantId, meter],
    );
    return Number(row?.balance ?? 0);
  }

  async correct(callId: string, minutes: number, version: number): Promise<void> {
    const fields = { callId, durationSeconds: minutes * 60 };
    const [failed] = await this.billing.deliver(callEnriched(this.tenantId, version, fields));
    if (failed) throw failed;
  }

  /** Days go by, and what is due is done. */
  async pass(days: number): Promise<void> {
    await this.move(days);
    await this.billing.get<UpkeepService>(UpkeepService).run();
  }

  /** Everything this tenant has moves into the past. */
  async move(days: number): Promise<void> {
    const moved = {
      usage_periods: ['period_start', 'period_end', 'closed_at'],
      subscriptions: ['period_start', 'period_end', 'started_at'],
      grants: ['expires_at', 'granted_at'],
      usage_records: ['occurred_at'],
      tenant_books: ['grace_until'],
    };
    for (const [table, columns] of Object.entries(moved)) {
      const set = columns.map((column) => `${column} = ${column} - make_interval(days => ${days})`);
      await this.database.query(`UPDATE billing.${table} SET ${set.join(', ')} WHERE tenant_id = $1`, [
        this.tenantId,
      ]);
    }
  }
}
