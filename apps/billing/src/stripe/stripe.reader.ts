import { Injectable } from '@nestjs/common';
import type { SubscriptionStatus } from '@parley/contracts';
import type Stripe from 'stripe';
import { isLive } from '../subscriptions/subscription';
import { StripeClient } from './stripe.client';
import { isUnknownAtStripe } from './stripe.errors';
import type { InvoiceFacts, PaymentFacts, SessionFacts, SubscriptionFacts } from './stripe-facts';
import { fromInvoice, fromPayment, fromSession, fromSubscription, idOf } from './stripe-facts.mapping';

/** Questions to Stripe: how an object is now, whatever an event said about it. */
@Injectable()
export class StripeReader {
  constructor(private readonly client: StripeClient) {}

  /** A payment with everything that happened to it. */
  async payment(id: string): Promise<PaymentFacts> {
    const askedAt = new Date();
    const intent = await this.client.ask((stripe) => stripe.paymentIntents.retrieve(id));
    const about = { payment_intent: id };
    const charges = await this.client.all((stripe, page) => stripe.charges.list({ ...about, ...page }));
    const paid = charges.some((charge) => charge.paid);
    const refunds = paid
      ? await this.client.all((stripe, page) => stripe.refunds.list({ ...about, ...page }))
      : [];
    const disputes = paid
      ? await this.client.all((stripe, page) => stripe.disputes.list({ ...about, ...page }))
      : [];
    return fromPayment({ askedAt, intent, charges, refunds, disputes, invoice: await this.invoiceOf(id) });
  }

  async invoice(id: string): Promise<InvoiceFacts> {
    return fromInvoice(await this.client.ask((stripe) => stripe.invoices.retrieve(id)));
  }

  async paymentsOfInvoice(invoice: string): Promise<string[]> {
    const all = await this.client.all((stripe, page) => stripe.invoicePayments.list({ invoice, ...page }));
    return all.flatMap(({ payment }) => idOf(payment.payment_intent) ?? []);
  }

  async subscription(id: string): Promise<SubscriptionFacts | undefined> {
    return fromSubscription(await this.client.ask((stripe) => stripe.subscriptions.retrieve(id)));
  }

  async session(id: string): Promise<SessionFacts> {
    return fromSession(await this.client.ask((stripe) => stripe.checkout.sessions.retrieve(id)));
  }

  /** @returns the tenant that was written on the customer when we made it */
  async tenantOnCustomer(id: string): Promise<string | null> {
    const customer = await this.client.ask((stripe) => stripe.customers.retrieve(id));
    return customer.deleted ? null : (customer.metadata['tenantId'] ?? null);
  }

  /** Whether it is there still: Stripe keeps deleted ones as a name only. */
  async isCustomer(id: string): Promise<boolean> {
    try {
      const customer = await this.client.ask((stripe) => stripe.customers.retrieve(id));
      return !customer.deleted;
    } catch (error) {
      if (!isUnknownAtStripe(error)) throw error;
      return false;
    }
  }

  async subscriptionsOf(customer: string): Promise<string[]> {
    return ids(
      await this.client.all((stripe, page) =>
        stripe.subscriptions.list({ customer, status: 'all', ...page }),
      ),
    );
  }

  /** Those it bills. */
  async liveSubscriptionsOf(customer: string): Promise<string[]> {
    const all = await this.client.all((stripe, page) => stripe.subscriptions.list({ customer, ...page }));
    return ids(all.filter(({ status }) => isLive(status as SubscriptionStatus)));
  }

  async invoicesOf(customer: string, since?: Date): Promise<string[]> {
    const which = { customer, ...madeSince(since) };
    return ids(await this.client.all((stripe, page) => stripe.invoices.list({ ...which, ...page })));
  }

  async paymentsOf(customer: string, since?: Date): Promise<string[]> {
    const which = { customer, ...madeSince(since) };
    return ids(await this.client.all((stripe, page) => stripe.paymentIntents.list({ ...which, ...page })));
  }

  /** The payment that a charge, refund or dispute belongs to. */
  async paymentBehind(kind: 'charge' | 'refund' | 'dispute', id: string): Promise<string | null> {
    const object = await this.client.ask<{
      payment_intent?: string | Stripe.PaymentIntent | null;
    }>((stripe) =>
      kind === 'charge'
        ? stripe.charges.retrieve(id)
        : kind === 'refund'
          ? stripe.refunds.retrieve(id)
          : stripe.disputes.retrieve(id),
    );
    return idOf(object.payment_intent);
  }

  /** Neither a payment nor its charge says which invoice it was for. */
  private async invoiceOf(paymentIntent: string): Promise<Stripe.Invoice | null> {
    const { data } = await this.client.ask((stripe) =>
      stripe.invoicePayments.list({
        payment: { type: 'payment_intent', payment_intent: paymentIntent },
        limit: 1,
      }),
    );
    const invoice = idOf(data[0]?.invoice);
    return invoice ? this.client.ask((stripe) => stripe.invoices.retrieve(invoice)) : null;
  }
}

const madeSince = (since: Date | undefined) =>
  since ? { created: { gte: Math.floor(since.getTime() / 1000) } } : {};

const ids = (objects: readonly { id: string }[]): string[] => objects.map(({ id }) => id);
