import { Injectable } from '@nestjs/common';
import {
  type EventDefinition,
  opsAlertRaisedV1,
  type OpsAlertRaisedV1,
  paymentDisputedV1,
  type PaymentDisputeStatus,
  paymentFailedV1,
  paymentNeedsReviewV1,
  paymentRefundedV1,
  paymentSucceededV1,
} from '@parley/contracts';
import { Outbox } from '@parley/messaging';
import { SubscriptionRepository } from '../subscriptions/subscription.repository';
import type { DisputeFacts, PaymentFacts } from '../stripe/stripe-facts';
import type { PaymentRow } from './payment.repository';
import { PaymentListeners } from './payment-listeners';

/** Tells of payments, in the transaction that posts them. */
@Injectable()
export class PaymentNews {
  constructor(
    private readonly outbox: Outbox,
    private readonly listeners: PaymentListeners,
    private readonly subscriptions: SubscriptionRepository,
  ) {}

  async succeeded(payment: PaymentRow, facts: PaymentFacts, firstPayment: boolean): Promise<void> {
    const { tenantId } = payment;
    const news = {
      ...(await this.about(payment, facts)),
      amountCents: payment.amountCents,
      ...(facts.customerId ? { stripeCustomerId: facts.customerId } : {}),
      ...(facts.cardFingerprint ? { cardFingerprint: facts.cardFingerprint } : {}),
      firstPayment,
      occurredAt: (facts.paidAt ?? facts.createdAt).toISOString(),
    };
    await this.tell(paymentSucceededV1, payment, news);
    await this.listeners.onSucceeded(news, { tenantId });
  }

  async refunded(
    payment: PaymentRow,
    facts: PaymentFacts,
    refundId: string,
    amountCents: number,
    at: Date,
  ): Promise<void> {
    const { tenantId } = payment;
    const news = {
      ...(await this.about(payment, facts)),
      refundId,
      amountCents,
      totalRefundedCents: payment.refundedCents,
      paidCents: payment.amountCents,
      occurredAt: at.toISOString(),
    };
    await this.tell(paymentRefundedV1, payment, news);
    await this.listeners.onRefunded(news, { tenantId });
  }

  async disputed(
    payment: PaymentRow,
    facts: PaymentFacts,
    disputeId: string,
    dispute: DisputeFacts,
    status: PaymentDisputeStatus,
  ): Promise<void> {
    const { tenantId } = payment;
    const news = {
      ...(await this.about(payment, facts)),
      disputeId,
      status,
      amountCents: dispute.amountCents,
      paidCents: payment.amountCents,
      reason: dispute.reason,
      occurredAt: (status === 'opened' ? dispute.createdAt : new Date()).toISOString(),
    };
    await this.tell(paymentDisputedV1, payment, news);
    if (status === 'opened')
      await this.alert(payment, {
        kind: 'payment_disputed',
        severity: 'critical',
        message: 'A cardholder disputes a payment: answer at Stripe before its date',
        details: { disputeId, stripeDisputeId: dispute.id, reason: dispute.reason },
      });
    await this.listeners.onDisputed(news, { tenantId });
  }

  async failed(payment: PaymentRow, { invoice }: PaymentFacts): Promise<void> {
    const { id: paymentId, kind, amountCents, currency, attempts, failureCode } = payment;
    await this.tell(paymentFailedV1, payment, {
      paymentId,
      kind,
      amountCents,
      currency,
      attempts,
      failureCode,
      nextAttemptAt: invoice?.nextAttemptAt?.toISOString() ?? null,
      payUrl: invoice?.hostedUrl ?? null,
      occurredAt: new Date().toISOString(),
    });
  }

  async needsReview(payment: PaymentRow, reason: string): Promise<void> {
    const { id: paymentId, kind, amountCents, currency } = payment;
    const occurredAt = new Date().toISOString();
    await this.tell(paymentNeedsReviewV1, payment, {
      paymentId,
      kind,
      amountCents,
      currency,
      reason,
      occurredAt,
    });
    await this.alert(payment, {
      kind: 'payment_needs_review',
      severity: 'warning',
      message: 'A payment waits for somebody to decide about it',
      details: { reason, attempts: payment.attempts },
    });
  }

  /** For whoever runs the platform, once per kind and payment, or dispute. */
  private async alert(
    { id: paymentId, tenantId, amountCents, currency }: PaymentRow,
    { details, ...alert }: Pick<OpsAlertRaisedV1, 'kind' | 'severity' | 'message' | 'details'>,
  ): Promise<void> {
    const about = typeof details['disputeId'] === 'string' ? details['disputeId'] : paymentId;
    await this.outbox.add(
      opsAlertRaisedV1,
      {
        ...alert,
        tenantId,
        details: { paymentId, amountCents, currency, ...details },
        dedupeKey: `${alert.kind}:${about}`,
      },
      { subject: paymentId, tenantId },
    );
  }

  private async about({ id, tenantId, kind, currency, invoiceId }: PaymentRow, { invoice }: PaymentFacts) {
    const subscription = invoice?.subscriptionId
      ? await this.subscriptions.find(tenantId, invoice.subscriptionId)
      : undefined;
    return {
      paymentId: id,
      kind,
      currency,
      ...(invoiceId ? { invoiceId } : {}),
      ...(subscription ? { subscriptionId: subscription.id } : {}),
    };
  }

  private tell<Payload extends object>(
    event: EventDefinition<Payload>,
    { id, tenantId }: PaymentRow,
    payload: Payload,
  ): Promise<unknown> {
    return this.outbox.add(event, payload, { subject: id, tenantId });
  }
}
