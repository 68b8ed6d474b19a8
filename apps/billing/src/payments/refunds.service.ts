import { Injectable } from '@nestjs/common';
import type { PaymentFacts, RefundFacts } from '../stripe/stripe-facts';
import { Cash } from './cash';
import { PaymentRepository, type PaymentRow } from './payment.repository';
import { PaymentNews } from './payment-news';
import { BoughtUnits } from './units.service';
import { UnpaidPeriods } from './unpaid-periods';

/** What we pay back, and what comes again because the bank refused it. Each step once, however often it is told. */
@Injectable()
export class Refunds {
  constructor(
    private readonly payments: PaymentRepository,
    private readonly cash: Cash,
    private readonly units: BoughtUnits,
    private readonly news: PaymentNews,
    private readonly unpaid: UnpaidPeriods,
  ) {}

  async follow(payment: PaymentRow, facts: PaymentFacts, refund: RefundFacts): Promise<PaymentRow> {
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
    await this.unpaid.endWhatIsUnpaid(settled, facts);
    await this.news.refunded(settled, facts, id, cents, refund.createdAt);
    return settled;
  }
}
