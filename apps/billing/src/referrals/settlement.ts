import { newId, type ReferralStatus } from '@parley/contracts';
import { availableAtOf, type Earning, earningsOf, type Fact, firstOf, type Line, target } from './commission';
import type { Referral } from './referrals.repository';

/** A line that moves: what it was, and what it is now. */
export interface Movement {
  readonly line: Line;
  /** Undefined: it is earned now. */
  readonly before: { readonly place: Line['place']; readonly clawedBackCents: number } | undefined;
  readonly cause: string;
  readonly occurredAt: Date;
}

/** A referral with all that is known of it: facts change it one by one, each leaving movements to post. */
export class Settlement {
  readonly movements: Movement[] = [];

  constructor(
    readonly referral: Referral,
    readonly lines: Line[],
    /** Applied before. */
    private readonly facts: Fact[],
    private readonly now: Date,
    /** Some of it was paid out. */
    private readonly rewarded: boolean,
  ) {}

  /** @returns false when it says something of a payment that is not known yet: it is applied with the payment */
  apply(fact: Fact): boolean {
    if (fact.kind !== 'payment' && !this.payment(fact.paymentId)) return false;
    this.facts.push(fact);
    if (fact.kind === 'payment') this.earn(fact);
    this.adjust(fact.paymentId, fact.key, fact.occurredAt);
    return true;
  }

  /** What time and reviews changed. */
  catchUp(): void {
    const cause = this.referral.review === 'rejected' ? 'review' : 'time';
    for (const paymentId of new Set(this.lines.map((line) => line.paymentId)))
      this.adjust(paymentId, cause, this.now);
    this.referral.status = this.status();
  }

  private earn(payment: Fact): void {
    const { referral } = this;
    const { paymentId, paymentKind, occurredAt } = payment;
    if (paymentKind !== 'subscription') return;
    const before = referral.subscribedAt;
    referral.subscribedAt = before && before < occurredAt ? before : occurredAt;
    this.voidUnearned(payment);
    if (referral.review === 'rejected') return;
    for (const { kind, cents } of this.earnings(payment)) {
      const line: Line = {
        id: newId(),
        kind,
        paymentId,
        amountCents: cents,
        clawedBackCents: 0,
        place: 'pending',
        voided: false,
        version: 1,
        availableAt: availableAtOf(referral, occurredAt),
      };
      line.place = this.targetOf(line).place;
      this.lines.push(line);
      this.movements.push({ line: { ...line }, before: undefined, cause: payment.key, occurredAt });
    }
  }

  /** An earlier invoice than those known before takes the bonus, and begins the months of shares earlier. */
  private voidUnearned({ key: cause, occurredAt }: Fact): void {
    for (const line of this.lines.filter(({ voided }) => !voided)) {
      const payment = this.payment(line.paymentId);
      if (payment && this.earnings(payment).some(({ kind }) => kind === line.kind)) continue;
      const { place, clawedBackCents } = line;
      Object.assign(line, { voided: true, clawedBackCents: 0, version: line.version + 1 });
      this.movements.push({ line: { ...line }, before: { place, clawedBackCents }, cause, occurredAt });
    }
  }

  private earnings(payment: Fact): Earning[] {
    const { referral, facts } = this;
    const isFirst = firstOf(referral, facts)?.paymentId === payment.paymentId;
    return earningsOf(referral, payment, {
      subscribedAt: referral.subscribedAt ?? payment.occurredAt,
      isFirst,
    });
  }

  private adjust(paymentId: string, cause: string, occurredAt: Date): void {
    for (const line of this.lines.filter((each) => each.paymentId === paymentId && !each.voided)) {
      const { place, clawedBackCents } = line;
      const next = this.targetOf(line);
      if (next.place === place && next.clawedBackCents === clawedBackCents) continue;
      Object.assign(line, next, { version: line.version + 1 });
      this.movements.push({ line: { ...line }, before: { place, clawedBackCents }, cause, occurredAt });
    }
  }

  private targetOf(line: Line): ReturnType<typeof target> {
    const facts = this.facts.filter(({ paymentId }) => paymentId === line.paymentId);
    const paidCents = this.payment(line.paymentId)?.amountCents ?? 0;
    return target(line, { paidCents, facts, review: this.referral.review, now: this.now });
  }

  private payment(paymentId: string): Fact | undefined {
    return this.facts.find((fact) => fact.kind === 'payment' && fact.paymentId === paymentId);
  }

  private status(): ReferralStatus {
    const { review, subscribedAt } = this.referral;
    if (review === 'rejected') return 'rejected';
    if (!subscribedAt) return 'signed_up';
    const earned = this.lines.filter(({ voided }) => !voided);
    const gone = earned.every(({ amountCents, clawedBackCents }) => amountCents === clawedBackCents);
    if (gone && earned.length > 0) return 'clawed_back';
    return this.rewarded ? 'rewarded' : 'subscribed';
  }
}
