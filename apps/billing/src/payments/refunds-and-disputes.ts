import { Injectable } from '@nestjs/common';
import { Jobs } from '@parley/messaging';
import type { DisputeFacts, PaymentFacts, RefundFacts } from '../stripe/stripe-facts';
import { endSubscription, queueOf } from '../stripe/stripe-jobs';
import { Cash } from './cash';
import { PaymentRepository, type PaymentRow } from './payment.repository';
import { PaymentNews } from './payment-news';
import { BoughtUnits } from './units.service';

/** What goes back of a payment, and what comes again. Each step once, however often it is told. */
@Injectable()
export class RefundsAndDisputes {
  constructor(
    private readonly jobs: Jobs,
    private readonly payments: PaymentRepository,
    private readonly cash: Cash,
    private readonly units: BoughtUnits,
    private readonly news: PaymentNews,
  ) {}

  async refund(payment: PaymentRow, facts: PaymentFacts, refund: RefundFacts): Promise<PaymentRow> {
    const { id, before } = await this.payments.saveRefund(payment, refund);
    const isBack = refund.state === 'failed';
    // Not told of before: one that failed already moved nothing.
    if (before === undefined && isBack) return payment;
    if (before !== undefined && (before === 'failed' || !isBack)) return payment;
    const cents = isBack ? -refund.amountCents : refund.amountCents;
    const cause = `refund:${refund.id}${isBack ? ':failed' : ''}`;
    await this.cash.move(payment, {
      kind: 'refund',
      fact: cause,
      cents: -cents,
      account: 'refunds',
      description: isBack ? 'A refund failed: the money came back' : 'Refund',
      occurredAt: refund.createdAt,
    });
    const refundedCents = payment.refundedCents + cents;
    const refunded = await this.payments.change(payment, { refundedCents });
    const settled = await this.units.settle(refunded, cause, refund.createdAt);
    await this.endWhatIsUnpaid(settled, facts);
    await this.news.refunded(settled, facts, id, cents, refund.createdAt);
    return settled;
  }

  async dispute(payment: PaymentRow, facts: PaymentFacts, dispute: DisputeFacts): Promise<PaymentRow> {
    const known = await this.payments.findDispute(payment.tenantId, dispute.id);
    if (known && known.state !== 'opened') return payment;
    const moneyMoved = known?.moneyMoved === true || dispute.moneyMoved;
    const id = await this.payments.saveDispute(payment, dispute, dispute.state, moneyMoved);
    let current = payment;
    if (!known) {
      current = await this.payments.change(current, { disputeState: 'opened' });
      await this.units.freeze(current, dispute.id, dispute.amountCents);
    }
    // An inquiry takes no money, unless it becomes a dispute later.
    if (moneyMoved) await this.withdraw(current, dispute);
    if (!known) await this.news.disputed(current, facts, id, dispute, 'opened');
    if (dispute.state !== 'opened') current = await this.decide(current, facts, id, dispute, moneyMoved);
    return current;
  }

  private withdraw(payment: PaymentRow, dispute: DisputeFacts): Promise<void> {
    return this.cash.move(payment, {
      kind: 'dispute',
      fact: `dispute:${dispute.id}:opened`,
      cents: -dispute.amountCents,
      account: 'disputes',
      description: 'Disputed',
      occurredAt: dispute.createdAt,
    });
  }

  private async decide(
    payment: PaymentRow,
    facts: PaymentFacts,
    id: string,
    dispute: DisputeFacts,
    moneyMoved: boolean,
  ): Promise<PaymentRow> {
    const { state } = dispute;
    await this.units.thaw(payment, dispute.id);
    let current = await this.payments.change(payment, { disputeState: state });
    if (state === 'lost') {
      const lostCents = current.lostCents + dispute.amountCents;
      current = await this.payments.change(current, { lostCents });
      current = await this.units.settle(current, `dispute:${dispute.id}:lost`, new Date());
      await this.endWhatIsUnpaid(current, facts);
    } else if (moneyMoved) {
      await this.cash.move(current, {
        kind: 'dispute',
        fact: `dispute:${dispute.id}:won`,
        cents: dispute.amountCents,
        account: 'disputes',
        description: 'Dispute won',
        occurredAt: new Date(),
      });
    }
    await this.news.disputed(current, facts, id, dispute, state === 'lost' ? 'lost' : 'won');
    return current;
  }

  /** Who has all the money of the running period back has no subscription either. */
  private async endWhatIsUnpaid(payment: PaymentRow, { invoice, customerId }: PaymentFacts): Promise<void> {
    const stripeSubscriptionId = invoice?.subscriptionId;
    if (!stripeSubscriptionId || payment.refundedCents + payment.lostCents < payment.amountCents) return;
    if (invoice.reason === 'subscription_update' || invoice.periodEnd <= new Date()) return;
    const key = `end:${stripeSubscriptionId}`;
    await this.jobs.enqueue(endSubscription, { stripeSubscriptionId }, { key, ...queueOf(customerId) });
  }
}
