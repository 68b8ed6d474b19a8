import { Injectable } from '@nestjs/common';
import { Jobs } from '@parley/messaging';
import type { PaymentFacts } from '../stripe/stripe-facts';
import { endSubscription, queueOf, undoUpgrade } from '../stripe/stripe-jobs';
import type { PaymentRow } from './payment.repository';

/** Periods whose money went back. */
@Injectable()
export class UnpaidPeriods {
  constructor(private readonly jobs: Jobs) {}

  /** Who has all the money of the running period back has no subscription either; of an upgrade, not the higher plan. */
  async endWhatIsUnpaid(payment: PaymentRow, { invoice, customerId }: PaymentFacts): Promise<void> {
    const stripeSubscriptionId = invoice?.subscriptionId;
    if (!stripeSubscriptionId || payment.refundedCents + payment.lostCents < payment.amountCents) return;
    if (invoice.periodEnd <= new Date()) return;
    const queue = queueOf(customerId);
    if (invoice.reason === 'subscription_update') {
      const job = { stripeSubscriptionId, stripeInvoiceId: invoice.id };
      await this.jobs.enqueue(undoUpgrade, job, { key: `undo-upgrade:${invoice.id}`, ...queue });
    } else {
      const key = `end:${stripeSubscriptionId}`;
      await this.jobs.enqueue(endSubscription, { stripeSubscriptionId }, { key, ...queue });
    }
  }
}
