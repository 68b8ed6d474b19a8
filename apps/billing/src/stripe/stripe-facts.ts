import type { PriceInterval, SubscriptionStatus } from '@parley/contracts';

/** Objects of Stripe's as they are now, in our words: money in cents, instants as `Date`, currencies in capitals. */

export interface InvoiceLineFacts {
  readonly priceId: string | null;
  /** Below zero: unused time of what was paid before. */
  readonly amountCents: number;
  readonly periodStart: Date;
}

export interface InvoiceFacts {
  readonly id: string;
  readonly customerId: string | null;
  readonly subscriptionId: string | null;
  readonly number: string | null;
  readonly reason: string;
  readonly amountCents: number;
  readonly paidCents: number;
  readonly currency: string;
  readonly status: string;
  readonly attempts: number;
  readonly nextAttemptAt: Date | null;
  readonly hostedUrl: string | null;
  /** What it pays for; of a change in mid-period, the rest of it. */
  readonly periodStart: Date;
  readonly periodEnd: Date;
  readonly issuedAt: Date;
  readonly paidAt: Date | null;
  readonly lines: readonly InvoiceLineFacts[];
}

export interface RefundFacts {
  readonly id: string;
  readonly amountCents: number;
  readonly state: 'pending' | 'succeeded' | 'failed';
  readonly reason: string | null;
  readonly createdAt: Date;
}

export interface DisputeFacts {
  readonly id: string;
  readonly amountCents: number;
  readonly reason: string;
  readonly status: string;
  readonly state: 'opened' | 'won' | 'lost';
  /** An inquiry asks without taking money. */
  readonly moneyMoved: boolean;
  readonly createdAt: Date;
}

export interface PaymentFacts {
  /** Before Stripe was asked. */
  readonly askedAt: Date;
  /** The payment intent. */
  readonly id: string;
  readonly customerId: string | null;
  readonly chargeId: string | null;
  readonly amountCents: number;
  readonly currency: string;
  readonly state: 'pending' | 'succeeded' | 'failed';
  readonly attempts: number;
  readonly failureCode: string | null;
  readonly cardFingerprint: string | null;
  readonly createdAt: Date;
  readonly paidAt: Date | null;
  readonly metadata: Readonly<Record<string, string>>;
  readonly invoice: InvoiceFacts | null;
  readonly refunds: readonly RefundFacts[];
  readonly disputes: readonly DisputeFacts[];
}

export interface SubscriptionItemFacts {
  readonly id: string;
  readonly priceId: string;
  readonly metered: boolean;
}

export interface SubscriptionFacts {
  readonly id: string;
  readonly customerId: string;
  /** As Stripe says, or `incomplete` for a word that is new to us: nothing is given on a guess. */
  readonly status: SubscriptionStatus;
  readonly items: readonly SubscriptionItemFacts[];
  readonly priceId: string;
  readonly interval: PriceInterval;
  readonly quantity: number;
  readonly startedAt: Date;
  readonly periodStart: Date;
  readonly periodEnd: Date;
  readonly trialEnd: Date | null;
  readonly cancelAtPeriodEnd: boolean;
  /** Set by a date, as the portal does, rather than by the flag. */
  readonly cancelsByDate: boolean;
  readonly latestInvoiceId: string | null;
  readonly hasPaymentMethod: boolean;
  readonly metadata: Readonly<Record<string, string>>;
}

export interface SessionFacts {
  readonly id: string;
  readonly customerId: string | null;
  readonly status: 'open' | 'completed' | 'expired';
  readonly paymentStatus: string;
  readonly subscriptionId: string | null;
  readonly paymentId: string | null;
  readonly metadata: Readonly<Record<string, string>>;
}
