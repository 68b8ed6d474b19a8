import { Injectable } from '@nestjs/common';
import { Jobs } from '@parley/messaging';
import { CatalogueRepository } from '../catalogue/catalogue.repository';
import { InvoiceRepository } from '../invoices/invoice.repository';
import type { PaymentFacts } from '../stripe/stripe-facts';
import { queueOf, retryPayment } from '../stripe/stripe-jobs';
import { SubscriptionRepository } from '../subscriptions/subscription.repository';
import { Cash } from './cash';
import { Disputes } from './disputes.service';
import { type Bought, isRetriable, isUnfinishedPage, oddity, packRef, purposeOf, TRIES } from './payment';
import { PaymentRepository, type PaymentRow } from './payment.repository';
import { PaymentNews } from './payment-news';
import { Refunds } from './refunds.service';
import { BoughtUnits } from './units.service';

/** Brings the books to what Stripe says of a payment. Joins the tenant's transaction, in its line. */
@Injectable()
export class PaymentPoster {
  constructor(
    private readonly jobs: Jobs,
    private readonly payments: PaymentRepository,
    private readonly invoices: InvoiceRepository,
    private readonly catalogue: CatalogueRepository,
    private readonly subscriptions: SubscriptionRepository,
    private readonly cash: Cash,
    private readonly units: BoughtUnits,
    private readonly news: PaymentNews,
    private readonly refunds: Refunds,
    private readonly disputes: Disputes,
  ) {}

  async post(tenantId: string, facts: PaymentFacts, decided: boolean): Promise<void> {
    const bought = await this.boughtBy(tenantId, facts);
    if (!bought) return;
    const invoiceId = facts.invoice ? await this.invoices.save(tenantId, facts.invoice) : null;
    const before = await this.payments.findByStripe(tenantId, facts.id);
    let payment = await this.payments.save(tenantId, facts, bought.kind, bought.offer, invoiceId);
    if (payment.state === 'succeeded' && before?.state !== 'succeeded')
      payment = await this.succeed(payment, facts, bought);
    if (payment.state === 'failed') payment = await this.fail(payment, before, facts, bought, decided);
    for (const refund of facts.refunds) payment = await this.refunds.follow(payment, facts, refund);
    for (const dispute of facts.disputes) payment = await this.disputes.follow(payment, facts, dispute);
  }

  /** Money that came in is posted whatever it was for; what cannot be understood gives nothing. */
  private async boughtBy(tenantId: string, facts: PaymentFacts): Promise<Bought | undefined> {
    const purpose = purposeOf(facts);
    if (!purpose) {
      const isOdd = facts.state === 'succeeded' && !isUnfinishedPage(facts);
      return isOdd ? { kind: 'credits', offer: null, pack: null, count: 0 } : undefined;
    }
    const ref = purpose.kind === 'subscription' ? undefined : packRef(purpose.offer);
    const isOwn = facts.metadata['tenantId'] === tenantId;
    const pack = ref && isOwn ? await this.catalogue.findPack(ref.code, ref.version) : undefined;
    return { ...purpose, pack: pack ?? null, count: Number(facts.metadata['count'] ?? 1) };
  }

  private async succeed(row: PaymentRow, facts: PaymentFacts, bought: Bought): Promise<PaymentRow> {
    const at = facts.paidAt ?? facts.createdAt;
    await this.cash.move(row, {
      kind: 'payment',
      fact: `payment:${facts.id}`,
      cents: row.amountCents,
      account: 'revenue',
      description: `Payment: ${bought.kind}`,
      occurredAt: at,
    });
    const odd = oddity(facts, bought) ?? (await this.oddSubscription(row, facts));
    const given = odd ? row : await this.units.give(row, bought, at);
    const payment = await this.payments.change(given, {
      review: odd ?? null,
      resolution: given.review ? 'paid' : given.resolution,
    });
    const first = !(await this.payments.hasPaidBefore(payment.tenantId, payment.id));
    await this.news.succeeded(payment, facts, first);
    if (odd) await this.news.needsReview(payment, odd);
    return payment;
  }

  private async oddSubscription(
    { tenantId }: PaymentRow,
    { invoice }: PaymentFacts,
  ): Promise<string | undefined> {
    if (!invoice?.subscriptionId) return undefined;
    const known = await this.subscriptions.find(tenantId, invoice.subscriptionId);
    return known ? undefined : 'unknown_price';
  }

  private async fail(
    payment: PaymentRow,
    before: PaymentRow | undefined,
    facts: PaymentFacts,
    bought: Bought,
    decided: boolean,
  ): Promise<PaymentRow> {
    if (payment.attempts > (before?.attempts ?? 0)) await this.news.failed(payment, facts);
    if (!isRetriable(facts, bought, decided) || payment.review || payment.resolution) return payment;
    if (payment.attempts < TRIES) {
      if (payment.retriedAt) return payment;
      const key = `retry:${payment.id}`;
      await this.jobs.enqueue(
        retryPayment,
        { paymentId: payment.id },
        { key, tenantId: payment.tenantId, ...queueOf(facts.customerId) },
      );
      return this.payments.change(payment, { retriedAt: new Date() });
    }
    const reason = payment.failureCode ?? 'declined';
    await this.news.needsReview(payment, reason);
    return this.payments.change(payment, { review: reason });
  }
}
