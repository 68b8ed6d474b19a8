import { missing } from './stripe-errors';
import type {
  BalanceTransaction,
  Charge,
  CheckoutSession,
  Customer,
  Dispute,
  Invoice,
  InvoiceLine,
  InvoicePayment,
  Meter,
  PaymentIntent,
  PaymentMethod,
  Price,
  Product,
  Refund,
  StripeEvent,
  StripeObject,
  Subscription,
  TestClock,
} from './stripe-objects';

/** How a card behaves when it is charged. */
export type CardBehaviour = 'succeeds' | 'declines';

export interface MeterEvent {
  eventName: string;
  customer: string;
  value: number;
  /** Seconds. */
  timestamp: number;
}

/** A line waiting for the next invoice of its subscription. */
export type PendingLine = Omit<InvoiceLine, 'id' | 'object' | 'invoice'>;

/** One kind of object, by id, in the order it was made. */
export class Shelf<T extends StripeObject> {
  private readonly objects = new Map<string, T>();

  constructor(private readonly what: string) {}

  add(object: T): T {
    this.objects.set(object.id, object);
    return object;
  }

  find(id: string | null | undefined): T | undefined {
    return id ? this.objects.get(id) : undefined;
  }

  /** @throws StripeRefusal 404 resource_missing */
  get(id: string, param = 'id'): T {
    const object = this.objects.get(id);
    if (!object) throw missing(this.what, id, param);
    return object;
  }

  remove(id: string): void {
    this.objects.delete(id);
  }

  all(): T[] {
    return [...this.objects.values()];
  }
}

/** Everything the simulated Stripe knows. */
export class StripeStore {
  readonly customers = new Shelf<Customer>('customer');
  readonly products = new Shelf<Product>('product');
  readonly prices = new Shelf<Price>('price');
  readonly paymentMethods = new Shelf<PaymentMethod>('PaymentMethod');
  readonly subscriptions = new Shelf<Subscription>('subscription');
  readonly invoices = new Shelf<Invoice>('invoice');
  readonly invoicePayments = new Shelf<InvoicePayment>('invoice_payment');
  readonly paymentIntents = new Shelf<PaymentIntent>('payment_intent');
  readonly charges = new Shelf<Charge>('charge');
  readonly refunds = new Shelf<Refund>('refund');
  readonly disputes = new Shelf<Dispute>('dispute');
  readonly balance = new Shelf<BalanceTransaction>('balance transaction');
  readonly sessions = new Shelf<CheckoutSession>('checkout.session');
  readonly clocks = new Shelf<TestClock>('test clock');
  readonly meters = new Shelf<Meter>('meter');
  readonly events = new Shelf<StripeEvent>('event');

  /** Ids of deleted customers: what they paid stays. */
  readonly forgotten = new Set<string>();
  readonly cards = new Map<string, CardBehaviour>();
  /** By `identifier`, so that a doubled usage event counts once. */
  readonly meterEvents = new Map<string, MeterEvent>();
  readonly pendingLines = new Map<string, PendingLine[]>();
  readonly sessionLines = new Map<string, { price: Price; quantity: number }[]>();
}
