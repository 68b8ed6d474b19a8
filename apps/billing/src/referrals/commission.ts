import { addMonths } from '../periods/windows';
import type { Place } from './referral-accounts';

/** What a referral earns: those of the day it signed up. */
export interface Terms {
  readonly currency: string;
  readonly initialBonusCents: number;
  readonly commissionBps: number;
  readonly recurringMonths: number;
  readonly holdDays: number;
}

export type Review = 'none' | 'open' | 'cleared' | 'rejected';

/** What is known of a payment, a refund or a dispute of a referred tenant. */
export interface Fact {
  readonly key: string;
  readonly kind: 'payment' | 'refund' | 'dispute';
  readonly paymentId: string;
  readonly paymentKind: string;
  /** Of a refund that failed: below zero. */
  readonly amountCents: number;
  readonly currency: string;
  readonly card: string | null;
  readonly disputeId: string | null;
  readonly disputeStatus: 'opened' | 'won' | 'lost' | null;
  readonly occurredAt: Date;
}

/** A commission, and how much of it was taken back since. */
export interface Line {
  readonly id: string;
  readonly kind: 'initial' | 'recurring';
  readonly paymentId: string;
  readonly amountCents: number;
  clawedBackCents: number;
  place: Place;
  /** It was earned before an earlier invoice was known, and counts as never earned. */
  voided: boolean;
  /** Rises with every posting of the line; part of its natural key. */
  version: number;
  readonly availableAt: Date;
}

export interface Earning {
  readonly kind: 'initial' | 'recurring';
  readonly cents: number;
}

/** Shares are in hundredths of a percent. */
const WHOLE = 10_000n;
const DAY_MS = 86_400_000;

/**
 * What a payment earns. Only invoices of plans do, in the currency of the program: the first a bonus, each of the
 * months that follow it, the first included, a share, rounded down.
 */
export function earningsOf(
  terms: Terms,
  payment: Fact,
  { subscribedAt, isFirst }: { subscribedAt: Date; isFirst: boolean },
): Earning[] {
  if (!qualifies(terms, payment)) return [];
  const within = payment.occurredAt < addMonths(subscribedAt, terms.recurringMonths);
  const share = within ? Number((BigInt(payment.amountCents) * BigInt(terms.commissionBps)) / WHOLE) : 0;
  const earnings: Earning[] = [
    { kind: 'initial', cents: isFirst ? terms.initialBonusCents : 0 },
    { kind: 'recurring', cents: share },
  ];
  return earnings.filter(({ cents }) => cents > 0);
}

const qualifies = (terms: Terms, { kind, paymentKind, currency }: Fact): boolean =>
  kind === 'payment' && paymentKind === 'subscription' && currency === terms.currency;

/** The invoice the bonus is for: of those known the earliest, whatever order they were told in. */
export const firstOf = (terms: Terms, facts: readonly Fact[]): Fact | undefined =>
  facts
    .filter((fact) => qualifies(terms, fact))
    .sort((a, b) => a.occurredAt.getTime() - b.occurredAt.getTime() || (a.key < b.key ? -1 : 1))[0];

export const availableAtOf = (terms: Terms, paidAt: Date): Date =>
  new Date(paidAt.getTime() + terms.holdDays * DAY_MS);

/** Money of the payment that went back: refunds that stand, and what was lost in disputes; never more than was paid. */
export function returnedCents(paidCents: number, facts: readonly Fact[]): number {
  const refunded = facts
    .filter(({ kind }) => kind === 'refund')
    .reduce((sum, { amountCents }) => sum + amountCents, 0);
  const lost = outcomes(facts)
    .filter(({ disputeStatus }) => disputeStatus === 'lost')
    .reduce((sum, { amountCents }) => sum + amountCents, 0);
  return Math.min(paidCents, Math.max(0, refunded) + lost);
}

export const isDisputed = (facts: readonly Fact[]): boolean =>
  outcomes(facts).some(({ disputeStatus }) => disputeStatus === 'opened');

/**
 * What is to be taken back of a commission in all, rounded so that what is kept is the share of what was kept,
 * rounded down: parts of a refund sum to the whole, in whatever order they come.
 */
export function clawbackOf(commissionCents: number, paidCents: number, returned: number): number {
  if (paidCents <= 0) return 0;
  const kept = (BigInt(commissionCents) * BigInt(paidCents - returned)) / BigInt(paidCents);
  return commissionCents - Number(kept);
}

export interface Situation {
  readonly paidCents: number;
  /** Of the payment the line came from. */
  readonly facts: readonly Fact[];
  readonly review: Review;
  readonly now: Date;
}

/** Where a line should stand, whatever way it came. */
export function target(
  line: Line,
  { paidCents, facts, review, now }: Situation,
): { clawedBackCents: number; place: Place } {
  const clawedBackCents =
    review === 'rejected'
      ? line.amountCents
      : clawbackOf(line.amountCents, paidCents, returnedCents(paidCents, facts));
  if (review === 'open' || isDisputed(facts)) return { clawedBackCents, place: 'held' };
  return { clawedBackCents, place: line.availableAt <= now ? 'available' : 'pending' };
}

/** The last word on each dispute: decided beats open, and of two decisions the later. */
function outcomes(facts: readonly Fact[]): Fact[] {
  const last = new Map<string, Fact>();
  for (const fact of facts) {
    if (fact.kind !== 'dispute' || !fact.disputeId) continue;
    const before = last.get(fact.disputeId);
    if (!before || isLater(fact, before)) last.set(fact.disputeId, fact);
  }
  return [...last.values()];
}

function isLater(fact: Fact, before: Fact): boolean {
  const decided = (each: Fact): number => (each.disputeStatus === 'opened' ? 0 : 1);
  if (decided(fact) !== decided(before)) return decided(fact) > decided(before);
  const later = fact.occurredAt.getTime() - before.occurredAt.getTime();
  return later === 0 ? fact.key < before.key : later > 0;
}
