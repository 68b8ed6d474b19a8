import { Injectable, type OnModuleInit } from '@nestjs/common';
import { AppError } from '@parley/contracts';
import { Jobs } from '@parley/messaging';
import { Database } from '@parley/persistence';
import { Customers } from '../customers/customers.service';
import { MeterReports } from '../metering/meter-reports.service';
import { StripeClient } from '../stripe/stripe.client';
import { CardDeclined, isUnknownAtStripe } from '../stripe/stripe.errors';
import { endSubscription, retryPayment } from '../stripe/stripe-jobs';
import { StripeObjects } from '../stripe/stripe-objects.service';
import { StripeReader } from '../stripe/stripe.reader';
import { TenantLine } from '../stripe/tenant-line';
import { TRIES } from './payment';
import { PaymentRepository, type PaymentRow } from './payment.repository';
import { PaymentNews } from './payment-news';

/** Acts at Stripe on what was decided here; what comes of it is read back. */
@Injectable()
export class Collector implements OnModuleInit {
  constructor(
    private readonly database: Database,
    private readonly jobs: Jobs,
    private readonly stripe: StripeClient,
    private readonly reader: StripeReader,
    private readonly objects: StripeObjects,
    private readonly customers: Customers,
    private readonly meterReports: MeterReports,
    private readonly payments: PaymentRepository,
    private readonly line: TenantLine,
    private readonly news: PaymentNews,
  ) {}

  onModuleInit(): void {
    this.jobs.handle(retryPayment, async ({ paymentId }) => {
      const payment = await this.database.system('a payment to try again', () =>
        this.payments.find(paymentId),
      );
      if (payment && isRetriedStill(payment)) await this.retryOnce(payment);
    });
    this.jobs.handle(endSubscription, ({ stripeSubscriptionId }) => this.end(stripeSubscriptionId));
  }

  /**
   * Charges the card again. Under one key per try, so that a process that died in between does not charge twice.
   * @throws CardDeclined
   */
  async charge(payment: PaymentRow): Promise<void> {
    const { id, attempts, stripeInvoiceId, stripePaymentId } = payment;
    const options = { idempotencyKey: `pay:${id}:${attempts}` };
    try {
      await this.stripe.ask<unknown>((stripe) =>
        stripeInvoiceId
          ? stripe.invoices.pay(stripeInvoiceId, { off_session: true }, options)
          : stripe.paymentIntents.confirm(stripePaymentId, { off_session: true }, options),
      );
    } finally {
      await this.readBack(payment);
    }
  }

  async refund(payment: PaymentRow, amountCents: number): Promise<string> {
    const { id, stripePaymentId, refundedCents } = payment;
    // Two who refund the same at once mean one refund.
    const idempotencyKey = `refund:${id}:${refundedCents}:${amountCents}`;
    const refund = await this.stripe.ask((stripe) =>
      stripe.refunds.create(
        { payment_intent: stripePaymentId, amount: amountCents, reason: 'requested_by_customer' },
        { idempotencyKey },
      ),
    );
    await this.readBack(payment);
    return refund.id;
  }

  /** Nobody owes it any more. */
  async forgive(payment: PaymentRow): Promise<void> {
    const { id, stripeInvoiceId, stripePaymentId } = payment;
    await this.stripe.ask<unknown>((stripe) =>
      stripeInvoiceId
        ? stripe.invoices.voidInvoice(stripeInvoiceId, undefined, { idempotencyKey: `void:${id}` })
        : stripe.paymentIntents.cancel(stripePaymentId, undefined, { idempotencyKey: `void:${id}` }),
    );
    await this.readBack(payment);
  }

  private async retryOnce(payment: PaymentRow): Promise<void> {
    try {
      await this.charge(payment);
    } catch (error) {
      if (!(error instanceof AppError) || error.kind === 'unavailable') throw error;
      await this.askPerson(payment, error instanceof CardDeclined ? error.reason : 'refused');
    }
  }

  /** Any refusal answers the retry, also one that Stripe does not count as a try at the card. */
  private askPerson({ id, tenantId }: PaymentRow, reason: string): Promise<void> {
    return this.line.inTurn(tenantId, async () => {
      const payment = await this.payments.find(id);
      if (!payment || payment.state !== 'failed' || payment.review || payment.resolution) return;
      await this.news.needsReview(payment, reason);
      await this.payments.change(payment, { review: reason });
    });
  }

  private async readBack({ stripePaymentId, stripeInvoiceId }: PaymentRow): Promise<void> {
    await this.objects.apply('payment', stripePaymentId);
    if (!stripeInvoiceId) return;
    await this.objects.apply('invoice', stripeInvoiceId);
    const { subscriptionId } = await this.reader.invoice(stripeInvoiceId);
    if (subscriptionId) await this.objects.apply('subscription', subscriptionId);
  }

  /** Ends what Stripe bills, at once; what was used beyond the plan until now is on a last invoice. */
  async end(id: string): Promise<void> {
    const subscription = await this.reader.subscription(id);
    const isOver = subscription?.status === 'canceled' || subscription?.status === 'incomplete_expired';
    try {
      if (subscription && !isOver) {
        const tenantId = await this.customers.tenantOf(subscription.customerId);
        if (tenantId) await this.meterReports.report(tenantId);
        await this.stripe.ask((stripe) =>
          stripe.subscriptions.cancel(id, { invoice_now: true }, { idempotencyKey: `end:${id}` }),
        );
      }
    } catch (error) {
      if (!isUnknownAtStripe(error)) throw error;
    }
    await this.objects.apply('subscription', id);
    const latest = subscription && (await this.reader.subscription(id))?.latestInvoiceId;
    if (latest) await this.objects.apply('invoice', latest);
  }
}

/** Not when it was answered meanwhile, by a process that died before it could say so. */
const isRetriedStill = ({ state, attempts, review, resolution }: PaymentRow): boolean =>
  state === 'failed' && attempts < TRIES && review === null && resolution === null;
