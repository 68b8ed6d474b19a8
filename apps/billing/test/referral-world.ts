import {
  getReferralCode,
  getReferralStats,
  newId,
  type Operation,
  type PaymentDisputedV1,
  type PaymentRefundedV1,
  type PaymentSucceededV1,
  recordReferralSignup,
  type ReferralStats,
  requestPayout,
  runAs,
  type CallerContext,
} from '@parley/contracts';
import { aCaller, type TestDatabase } from '@parley/testing';
import { PaymentListeners } from '../src/payments/payment-listeners';
import { PaymentWatch } from '../src/referrals/payment-watch';
import { Releases } from '../src/referrals/releases.service';
import { Replica } from './running-billing';

export const DAY = 86_400_000;
export const daysAgo = (days: number): string => new Date(Date.now() - days * DAY).toISOString();

/** Of the referrer's tenant, in cents; `earned` is below zero. */
export type Accounts = Partial<Record<string, number>>;

/** A person with a tenant of their own. */
export interface Person {
  readonly tenantId: string;
  readonly userId: string;
  readonly caller: CallerContext;
}

export const aPerson = (fields: Partial<CallerContext> = {}): Person => {
  const caller = aCaller(fields);
  return { tenantId: caller.tenantId ?? '', userId: caller.userId ?? '', caller };
};

/** Referrers, those they referred, and Stripe's news of these. */
export class ReferralWorld {
  constructor(
    readonly billing: Replica,
    readonly database: TestDatabase,
  ) {}

  as<Request extends object, Response extends object>(
    { caller }: Person,
    operation: Operation<Request, Response>,
    request: Request,
  ): Promise<Response> {
    return runAs(caller, () => this.billing.rpc.call(operation, request));
  }

  async codeOf(person: Person): Promise<string> {
    return (await this.as(person, getReferralCode, {})).code;
  }

  /** @returns the referral's id */
  async refer(referrer: Person, referred: Person): Promise<string> {
    const { referralId } = await this.as(referred, recordReferralSignup, {
      code: await this.codeOf(referrer),
    });
    return referralId;
  }

  stats(person: Person): Promise<ReferralStats> {
    return this.as(person, getReferralStats, {});
  }

  payOut(person: Person, amountCents?: number) {
    const method = { kind: 'paypal' as const, account: 'elise@example.ca' };
    return this.as(person, requestPayout, { method, ...(amountCents ? { amountCents } : {}) });
  }

  async pay({ tenantId }: Person, fields: Partial<PaymentSucceededV1> = {}): Promise<PaymentSucceededV1> {
    const payment: PaymentSucceededV1 = {
      paymentId: newId(),
      kind: 'subscription',
      amountCents: 24_900,
      currency: 'USD',
      firstPayment: true,
      occurredAt: new Date().toISOString(),
      ...fields,
    };
    await this.billing.within(tenantId, () => this.listeners.onSucceeded(payment, { tenantId }));
    await this.settle(tenantId);
    return payment;
  }

  async refund(
    { tenantId }: Person,
    { paymentId, kind, amountCents: paidCents, currency }: PaymentSucceededV1,
    fields: Partial<PaymentRefundedV1> & { amountCents: number },
  ): Promise<void> {
    const refund: PaymentRefundedV1 = {
      paymentId,
      refundId: newId(),
      kind,
      totalRefundedCents: Math.max(0, fields.amountCents),
      paidCents,
      currency,
      occurredAt: new Date().toISOString(),
      ...fields,
    };
    await this.billing.within(tenantId, () => this.listeners.onRefunded(refund, { tenantId }));
    await this.settle(tenantId);
  }

  async dispute(
    { tenantId }: Person,
    { paymentId, kind, amountCents, currency }: PaymentSucceededV1,
    fields: Partial<PaymentDisputedV1> & Pick<PaymentDisputedV1, 'disputeId' | 'status'>,
  ): Promise<void> {
    const dispute: PaymentDisputedV1 = {
      paymentId,
      kind,
      amountCents,
      paidCents: amountCents,
      currency,
      reason: 'fraudulent',
      occurredAt: new Date().toISOString(),
      ...fields,
    };
    await this.billing.within(tenantId, () => this.listeners.onDisputed(dispute, { tenantId }));
    await this.settle(tenantId);
  }

  /** What the job does: also by hand, so that a case need not wait for it. */
  settle(payingTenantId: string): Promise<void> {
    return this.asJob(() => this.billing.get<PaymentWatch>(PaymentWatch).carryOver({ payingTenantId }));
  }

  /** Lets the hold of everything a person earned end. */
  async passHold({ userId }: Person): Promise<void> {
    await this.database.query(
      `UPDATE billing.referral_commissions SET available_at = now() - interval '1 second'
       WHERE user_id = $1 AND available_at > now()`,
      [userId],
    );
    await this.asJob(() => this.billing.get<Releases>(Releases).run());
  }

  /** What the ledger says. */
  async accounts({ tenantId }: Person): Promise<Accounts> {
    const rows = await this.database.query<{ name: string; balance: number }>(
      `SELECT replace(a.code, 'money:USD:referral_', '') AS name, sum(e.amount)::float8 AS balance
       FROM billing.ledger_accounts a JOIN billing.ledger_entries e ON e.account_id = a.id
       WHERE a.tenant_id = $1 AND a.meter = 'money:USD' GROUP BY 1`,
      [tenantId],
    );
    return Object.fromEntries(rows.map(({ name, balance }) => [name, balance]));
  }

  /** What people are shown is what the ledger and the lines say, and the ledger sums to zero. */
  async expectBooksToAgree(person: Person): Promise<ReferralStats> {
    const stats = await this.stats(person);
    const accounts = await this.accounts(person);
    const shown = {
      earned: -stats.earnedCents,
      pending: stats.pendingCents,
      held: stats.heldCents,
      available: stats.availableCents,
      requested: stats.requestedCents,
      paid: stats.paidCents,
      clawed_back: stats.clawedBackCents,
    };
    const [lines] = await this.database.query<{ sum: number }>(
      `SELECT coalesce(sum(amount_cents), 0)::float8 AS sum FROM billing.referral_commissions c
       WHERE user_id = $1 AND NOT voided
         AND NOT EXISTS (SELECT FROM billing.referral_commissions v WHERE v.id = c.of_id AND v.voided)`,
      [person.userId],
    );
    const none = { earned: 0, pending: 0, held: 0, available: 0, requested: 0, paid: 0, clawed_back: 0 };
    expect({ ...none, ...accounts }).toEqual({ ...shown, earned: 0 - stats.earnedCents + 0 });
    expect(Object.values(accounts).reduce<number>((sum, balance) => sum + (balance ?? 0), 0)).toBe(0);
    expect(lines?.sum).toBe(stats.earnedCents - stats.clawedBackCents);
    return stats;
  }

  private get listeners(): PaymentListeners {
    return this.billing.get<PaymentListeners>(PaymentListeners);
  }

  private asJob<T>(work: () => Promise<T>): Promise<T> {
    return runAs({ requestId: newId(), roles: [], locale: 'en' }, work);
  }
}
