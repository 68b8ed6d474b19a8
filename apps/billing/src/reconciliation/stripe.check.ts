import { Injectable } from '@nestjs/common';
import { Database } from '@parley/persistence';
import { Customers } from '../customers/customers.service';
import { StripeObjects } from '../stripe/stripe-objects.service';
import { FindingsRepository } from './findings.repository';
import { LedgerCashRepository } from './ledger-cash.repository';
import type { Batch, Check, Run } from './run';
import { type StripeCash, StripeCashReader } from './stripe-cash.reader';

/** Each costs some requests to Stripe. */
const PAYMENTS = 20;
const NIL = '00000000-0000-0000-0000-000000000000';

/**
 * The ledger has the money that Stripe's balance has, payment by payment: first what moved at Stripe, then what moved
 * in the ledger. What was missed is applied as its event would have been; what differs after that a person looks at.
 */
@Injectable()
export class StripeCheck implements Check {
  readonly phase = 'stripe';

  constructor(
    private readonly database: Database,
    private readonly stripe: StripeCashReader,
    private readonly ledger: LedgerCashRepository,
    private readonly customers: Customers,
    private readonly objects: StripeObjects,
    private readonly findings: FindingsRepository,
  ) {}

  async next(run: Run): Promise<Batch> {
    const [side = 'stripe', after] = run.cursor?.split(' ') ?? [];
    return side === 'stripe' ? this.atStripe(run, after ?? null) : this.inLedger(run, after ?? NIL);
  }

  private async atStripe(run: Run, after: string | null): Promise<Batch> {
    const { windowStart, windowEnd } = run;
    const { payments, cursor } = await this.stripe.page(windowStart, windowEnd, after, PAYMENTS);
    for (const payment of payments) await this.compare(run, payment, null);
    return { checked: { payments: payments.length }, cursor: cursor ? `stripe ${cursor}` : 'ledger' };
  }

  private async inLedger(run: Run, after: string): Promise<Batch> {
    const rows = await this.database.system('payments whose money moved', () =>
      this.ledger.moved(run.windowStart, run.windowEnd, after, PAYMENTS),
    );
    for (const { stripePaymentId, tenantId } of rows) await this.compare(run, stripePaymentId, tenantId);
    const last = rows.length === PAYMENTS ? rows.at(-1) : undefined;
    return { checked: {}, cursor: last ? `ledger ${last.id}` : null };
  }

  /** @param postedFor whose ledger has it, where that is known */
  private async compare(run: Run, payment: string, postedFor: string | null): Promise<void> {
    const cash = await this.stripe.of(payment);
    // What moved just now may still be on its way.
    if (cash && cash.movedAt >= run.windowEnd) return;
    const tenantId = (cash ? await this.customers.tenantOf(cash.facts.customerId) : null) ?? postedFor;
    // The account may serve others as well.
    if (!tenantId) return;
    const found = await this.posted(tenantId, payment);
    if (found === (cash?.cents ?? 0)) return;
    if (cash) await this.objects.apply('payment', payment);
    const after = await this.posted(tenantId, payment);
    if (after !== (cash?.cents ?? 0)) return this.tell(run, { tenantId, payment, found: after, cash });
    await this.add(run, { tenantId, payment, found, cash }, after);
  }

  private posted(tenantId: string, payment: string): Promise<number> {
    return this.database.forTenant(tenantId, () => this.ledger.of(tenantId, payment));
  }

  private tell(run: Run, difference: Difference): Promise<void> {
    return this.add(run, difference, null);
  }

  private async add(
    run: Run,
    { tenantId, payment, found, cash }: Difference,
    after: number | null,
  ): Promise<void> {
    const repaired = after !== null;
    await this.database.system('a finding', () =>
      this.findings.add(run, {
        kind: repaired ? 'payment_missing' : 'cash_mismatch',
        tenantId,
        meter: cash ? `money:${cash.facts.currency}` : null,
        subject: `stripe:${payment}`,
        found,
        expected: cash?.cents ?? 0,
        outcome: repaired ? 'repaired' : 'alerted',
        before: { ledgerCents: found, stripeCents: cash?.cents ?? null },
        after: repaired ? { ledgerCents: after } : null,
      }),
    );
  }
}

interface Difference {
  readonly tenantId: string;
  readonly payment: string;
  readonly found: number;
  readonly cash: StripeCash | undefined;
}
