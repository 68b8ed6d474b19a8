import { Injectable, Logger } from '@nestjs/common';
import { OpenPages } from '../checkout/open-pages';
import { SessionRepository } from '../checkout/session.repository';
import { Customers } from '../customers/customers.service';
import { InvoiceRepository } from '../invoices/invoice.repository';
import { PaymentPoster } from '../payments/payment-poster.service';
import { isUnknownAtStripe } from './stripe.errors';
import { StripeReader } from './stripe.reader';
import type { SessionFacts } from './stripe-facts';
import type { EventOutcome } from './stripe-event.repository';
import type { RootKind } from './stripe-roots';
import { StripeSubscriptions } from './stripe-subscriptions.service';
import { planNamed } from './subscription-metadata';
import { TenantLine } from './tenant-line';

export interface Applied {
  readonly outcome: EventOutcome;
  readonly tenantId: string | null;
}

const IGNORED: Applied = { outcome: 'ignored', tenantId: null };
const UNMATCHED: Applied = { outcome: 'unmatched', tenantId: null };
const applied = (tenantId: string): Applied => ({ outcome: 'applied', tenantId });

/** Fetches an object of Stripe's with all that belongs to it, finds whose it is, and applies it. Any number of times. */
@Injectable()
export class StripeObjects {
  private readonly logger = new Logger(StripeObjects.name);

  constructor(
    private readonly reader: StripeReader,
    private readonly customers: Customers,
    private readonly line: TenantLine,
    private readonly subscriptions: StripeSubscriptions,
    private readonly invoices: InvoiceRepository,
    private readonly payments: PaymentPoster,
    private readonly sessions: SessionRepository,
    private readonly pages: OpenPages,
  ) {}

  async apply(kind: RootKind, id: string): Promise<Applied> {
    try {
      return await this.applyKnown(kind, id);
    } catch (error) {
      if (!isUnknownAtStripe(error)) throw error;
      this.logger.warn({ kind, id }, 'Stripe told of what it does not know');
      return IGNORED;
    }
  }

  private applyKnown(kind: RootKind, id: string): Promise<Applied> {
    switch (kind) {
      case 'session':
        return this.session(id);
      case 'subscription':
        return this.subscription(id);
      case 'invoice':
        return this.invoice(id);
      case 'payment':
        return this.payment(id);
      case 'charge':
      case 'refund':
      case 'dispute':
        return this.behind(kind, id);
    }
  }

  private async session(id: string): Promise<Applied> {
    const session = await this.reader.session(id);
    const tenantId = await this.customers.tenantOf(session.customerId);
    if (!tenantId) return UNMATCHED;
    await this.line.inTurn(tenantId, () => this.sessions.follow(tenantId, session));
    if (session.subscriptionId) {
      await this.subscription(session.subscriptionId);
      const subscription = await this.reader.subscription(session.subscriptionId);
      if (subscription?.latestInvoiceId) await this.invoice(subscription.latestInvoiceId);
      await this.closeOthers(session);
    }
    if (session.paymentId) await this.payment(session.paymentId, session.status === 'completed');
    return applied(tenantId);
  }

  /** A second page of the line, paid as well, would make a second subscription. */
  private async closeOthers({ status, customerId, metadata }: SessionFacts): Promise<void> {
    const [line] = planNamed(metadata)?.code.split('.') ?? [];
    if (status !== 'completed' || !customerId || !line) return;
    for (const page of await this.pages.close(customerId, line)) await this.session(page);
  }

  private async subscription(id: string): Promise<Applied> {
    const asOf = new Date();
    const facts = await this.reader.subscription(id);
    const tenantId = await this.customers.tenantOf(facts?.customerId ?? null);
    if (!facts) return IGNORED;
    if (!tenantId) return UNMATCHED;
    await this.subscriptions.follow(tenantId, facts, asOf);
    return applied(tenantId);
  }

  private async invoice(id: string): Promise<Applied> {
    const stored = await this.storeInvoice(id);
    if (stored.outcome !== 'applied') return stored;
    for (const payment of await this.reader.paymentsOfInvoice(id)) await this.payment(payment);
    return stored;
  }

  /** By itself: its payments are told of on their own. */
  async storeInvoice(id: string): Promise<Applied> {
    const invoice = await this.reader.invoice(id);
    const tenantId = await this.customers.tenantOf(invoice.customerId);
    if (!tenantId) return UNMATCHED;
    if (invoice.status !== 'draft')
      await this.line.inTurn(tenantId, () => this.invoices.save(tenantId, invoice));
    return applied(tenantId);
  }

  /** @param decided whether a failure is the end of it: nobody stands at the page to try another card */
  private async payment(id: string, decided = false): Promise<Applied> {
    const facts = await this.reader.payment(id);
    const tenantId = await this.customers.tenantOf(facts.customerId);
    if (!tenantId) return UNMATCHED;
    const { invoice } = facts;
    // The payment names the subscription, so that has to be known first.
    const stripeId = invoice?.subscriptionId;
    if (stripeId && !(await this.subscriptions.isKnown(tenantId, stripeId)))
      await this.subscription(stripeId);
    await this.line.inTurn(tenantId, () => this.payments.post(tenantId, facts, decided));
    return applied(tenantId);
  }

  private async behind(kind: 'charge' | 'refund' | 'dispute', id: string): Promise<Applied> {
    const payment = await this.reader.paymentBehind(kind, id);
    return payment ? this.payment(payment) : IGNORED;
  }
}
