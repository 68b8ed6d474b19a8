import { invalid, required } from './stripe-errors';
import { flagIn, listIn, metadataIn, numberIn, type Params, paramsIn, textIn } from './stripe-form';
import { matching, pageOf } from './stripe-listing';
import { type Charge, newStripeId, type Subscription } from './stripe-objects';
import type { Serve } from './stripe.routes';
import type { SimulatedStripe } from './stripe';
import type { ProrationBehavior, WantedItem } from './stripe-subscriptions';

const PRORATIONS: readonly ProrationBehavior[] = ['create_prorations', 'always_invoice', 'none'];

/** Checkout, portal, subscriptions, invoices, payments, refunds, disputes, balance, clocks, events. */
export function serveBilling(serve: Serve, stripe: SimulatedStripe): void {
  serveCheckout(serve, stripe);
  serveSubscriptions(serve, stripe);
  serveInvoices(serve, stripe);
  servePayments(serve, stripe);
  serveClocks(serve, stripe);
}

function serveCheckout(serve: Serve, { store, checkout, clock }: SimulatedStripe): void {
  serve('POST', '/v1/checkout/sessions', ({ params, origin }) => {
    if (params['payment_method_types'] !== undefined) {
      throw invalid(
        'payment_method_types is no longer supported.',
        'payment_method_types',
        'payment_method_types_no_longer_supported',
      );
    }
    const mode = textIn(params, 'mode');
    if (mode !== 'payment' && mode !== 'subscription') throw required('mode');
    const lines = listIn(params, 'line_items').map((line) => {
      const price = store.prices.get(textIn(line, 'price') ?? '', 'line_items[0][price]');
      if (price.recurring?.usage_type === 'metered' && line['quantity'] !== undefined) {
        throw invalid(
          'Quantity should not be specified where usage_type is metered.',
          'line_items[quantity]',
        );
      }
      return { price, quantity: numberIn(line, 'quantity') ?? 1 };
    });
    const subscription = paramsIn(params, 'subscription_data');
    const trial = paramsIn(paramsIn(subscription, 'trial_settings'), 'end_behavior');
    const payment = paramsIn(params, 'payment_intent_data');
    const customer = textIn(params, 'customer');
    return checkout.create(
      {
        mode,
        lines,
        ...(customer ? { customer: store.customers.get(customer, 'customer').id } : {}),
        ...given({
          customerEmail: textIn(params, 'customer_email'),
          clientReferenceId: textIn(params, 'client_reference_id'),
          successUrl: textIn(params, 'success_url'),
          cancelUrl: textIn(params, 'cancel_url'),
          trialDays: numberIn(subscription, 'trial_period_days'),
          missingPaymentMethod: missingIn(trial),
        }),
        metadata: metadataIn(params),
        resultMetadata: metadataIn(mode === 'subscription' ? subscription : payment),
        cardIfRequired: textIn(params, 'payment_method_collection') === 'if_required',
      },
      origin,
    );
  });
  serve('GET', '/v1/checkout/sessions', ({ params }) =>
    pageOf(
      matching(store.sessions.all(), params, ['customer', 'subscription', 'payment_intent', 'status']),
      params,
      '/v1/checkout/sessions',
    ),
  );
  serve('GET', '/v1/checkout/sessions/:id', ({ id }) => store.sessions.get(id));
  serve('POST', '/v1/checkout/sessions/:id/expire', ({ id }) => checkout.expire(store.sessions.get(id)));
  serve('GET', '/v1/checkout/sessions/:id/line_items', ({ id, params }) => {
    store.sessions.get(id);
    const lines = (store.sessionLines.get(id) ?? []).map(({ price, quantity }, index) => ({
      id: `li_${index}_${id}`,
      object: 'item',
      amount_total: (price.unit_amount ?? 0) * quantity,
      currency: price.currency,
      price,
      quantity,
    }));
    return pageOf(lines.reverse(), params, `/v1/checkout/sessions/${id}/line_items`);
  });
  serve('POST', '/v1/billing_portal/sessions', ({ params, origin }) => {
    const customer = store.customers.get(textIn(params, 'customer') ?? '', 'customer').id;
    const id = newStripeId('bps');
    return {
      id,
      object: 'billing_portal.session',
      created: clock.nowFor(customer),
      customer,
      livemode: false,
      return_url: textIn(params, 'return_url') ?? null,
      url: `${origin}/portal/${customer}?return=${encodeURIComponent(textIn(params, 'return_url') ?? '')}`,
    };
  });
}

function serveSubscriptions(
  serve: Serve,
  { store, subscriptions, invoicing, payments, clock }: SimulatedStripe,
): void {
  serve('POST', '/v1/subscriptions', ({ params }) => {
    const customer = store.customers.get(textIn(params, 'customer') ?? '', 'customer');
    const trialDays = numberIn(params, 'trial_period_days');
    const trialEnd = trialDays
      ? clock.now(customer.test_clock) + trialDays * 86_400
      : numberIn(params, 'trial_end');
    const subscription = subscriptions.create({
      customer: customer.id,
      items: listIn(params, 'items').map((item) => ({
        price: textIn(item, 'price') ?? '',
        ...given({ quantity: numberIn(item, 'quantity') }),
      })),
      metadata: metadataIn(params),
      ...given({
        trialEnd,
        missingPaymentMethod: missingIn(paramsIn(paramsIn(params, 'trial_settings'), 'end_behavior')),
        defaultPaymentMethod: textIn(params, 'default_payment_method'),
      }),
    });
    if (
      subscription.status === 'incomplete' &&
      textIn(params, 'payment_behavior') === 'error_if_incomplete'
    ) {
      const invoice = store.invoices.get(subscription.latest_invoice ?? '');
      const payment = store.invoicePayments.all().find(({ invoice: of }) => of === invoice.id);
      subscriptions.cancel(subscription, 'payment_failed');
      payments.refuseDeclined(store.paymentIntents.get(payment?.payment.payment_intent ?? ''));
    }
    return subscription;
  });
  serve('GET', '/v1/subscriptions', ({ params }) => {
    const status = textIn(params, 'status');
    const all = matching(store.subscriptions.all(), params, ['customer']).filter((subscription) =>
      status === 'all' ? true : status ? subscription.status === status : subscription.status !== 'canceled',
    );
    return pageOf(all, params, '/v1/subscriptions');
  });
  serve('GET', '/v1/subscriptions/:id', ({ id }) => store.subscriptions.get(id));
  serve('POST', '/v1/subscriptions/:id', ({ id, params }) => {
    const subscription = store.subscriptions.get(id);
    const items = params['items'] === undefined ? undefined : itemsIn(params);
    const behavior = textIn(params, 'proration_behavior');
    const before = structuredClone(subscription);
    subscriptions.update(subscription, {
      metadata: metadataIn(params, subscription.metadata),
      ...given({
        items,
        prorationBehavior: PRORATIONS.find((known) => known === behavior),
        cancelAtPeriodEnd: flagIn(params, 'cancel_at_period_end'),
        defaultPaymentMethod: textIn(params, 'default_payment_method'),
        trialEndNow: textIn(params, 'trial_end') === 'now' ? true : undefined,
      }),
      ...(params['cancel_at'] === undefined ? {} : { cancelAt: numberIn(params, 'cancel_at') ?? null }),
    });
    const invoice = store.invoices.find(subscription.latest_invoice);
    const declined = subscription.latest_invoice !== before.latest_invoice && invoice?.status === 'open';
    if (declined && textIn(params, 'payment_behavior') === 'error_if_incomplete') {
      // Nothing is changed then, and nothing is owed.
      subscriptions.change(subscription, () => Object.assign(subscription, before));
      invoicing.void(invoice);
      const payment = store.invoicePayments.all().find(({ invoice: of }) => of === invoice.id);
      payments.refuseDeclined(store.paymentIntents.get(payment?.payment.payment_intent ?? ''));
    }
    return subscription;
  });
  serve('DELETE', '/v1/subscriptions/:id', ({ id, params }) =>
    subscriptions.cancel(
      store.subscriptions.get(id),
      'cancellation_requested',
      flagIn(params, 'invoice_now') ?? false,
    ),
  );
}

function serveInvoices(serve: Serve, { store, invoicing, subscriptions, payments }: SimulatedStripe): void {
  serve('GET', '/v1/invoices', ({ params }) => {
    const subscription = textIn(params, 'subscription');
    const all = matching(store.invoices.all(), params, ['customer', 'status']).filter(
      (invoice) => !subscription || invoice.parent?.subscription_details.subscription === subscription,
    );
    return pageOf(all, params, '/v1/invoices');
  });
  serve('POST', '/v1/invoices/create_preview', ({ params }) => {
    const subscription = store.subscriptions.get(textIn(params, 'subscription') ?? '', 'subscription');
    const details = paramsIn(params, 'subscription_details');
    return subscriptions.preview(subscription, itemsIn(details), numberIn(details, 'proration_date'));
  });
  serve('GET', '/v1/invoices/:id', ({ id }) => store.invoices.get(id));
  serve('GET', '/v1/invoices/:id/lines', ({ id }) => store.invoices.get(id).lines);
  serve('POST', '/v1/invoices/:id/pay', ({ id, params }) => {
    const invoice = store.invoices.get(id);
    const paid = invoicing.collect(invoice, textIn(params, 'payment_method'));
    const subscription = invoicing.subscriptionOf(invoice);
    if (subscription) settle(subscription);
    if (!paid) {
      const payment = store.invoicePayments.all().find(({ invoice: of }) => of === invoice.id);
      payments.refuseDeclined(store.paymentIntents.get(payment?.payment.payment_intent ?? ''));
    }
    return invoice;

    function settle(of: Subscription): void {
      if (of.status === 'incomplete' && paid) subscriptions.change(of, () => (of.status = 'active'));
      else subscriptions.settle(of, invoice);
    }
  });
  serve('POST', '/v1/invoices/:id/void', ({ id }) => {
    const invoice = store.invoices.get(id);
    if (invoice.status !== 'open') throw invalid(`Invoice is ${invoice.status}.`, 'invoice');
    invoicing.void(invoice);
    const subscription = invoicing.subscriptionOf(invoice);
    if (subscription?.status === 'past_due' && subscription.latest_invoice === invoice.id)
      subscriptions.change(subscription, () => (subscription.status = 'active'));
    return invoice;
  });
  serve('GET', '/v1/invoice_payments', ({ params }) => {
    const intent = textIn(paramsIn(params, 'payment'), 'payment_intent');
    const all = matching(store.invoicePayments.all(), params, ['invoice', 'status']).filter(
      ({ payment }) => !intent || payment.payment_intent === intent,
    );
    return pageOf(all, params, '/v1/invoice_payments');
  });
}

function servePayments(serve: Serve, { store, payments }: SimulatedStripe): void {
  serve('GET', '/v1/payment_intents', ({ params }) =>
    pageOf(matching(store.paymentIntents.all(), params, ['customer']), params, '/v1/payment_intents'),
  );
  serve('GET', '/v1/payment_intents/:id', ({ id }) => store.paymentIntents.get(id));
  serve('POST', '/v1/payment_intents/:id/confirm', ({ id, params }) => {
    const intent = store.paymentIntents.get(id);
    if (intent.status === 'succeeded') {
      throw invalid(
        'This PaymentIntent has succeeded already.',
        'payment_intent',
        'payment_intent_unexpected_state',
      );
    }
    const card =
      textIn(params, 'payment_method') ?? intent.payment_method ?? payments.defaultCardOf(intent.customer);
    if (!payments.attempt(intent, card)) payments.refuseDeclined(intent);
    return intent;
  });
  serve('GET', '/v1/charges', ({ params }) =>
    pageOf(matching(store.charges.all(), params, ['customer', 'payment_intent']), params, '/v1/charges'),
  );
  serve('GET', '/v1/charges/:id', ({ id }) => store.charges.get(id));
  serve('POST', '/v1/refunds', ({ params }) =>
    payments.refund(
      chargeIn(params),
      numberIn(params, 'amount'),
      textIn(params, 'reason') ?? null,
      metadataIn(params),
    ),
  );
  serve('GET', '/v1/refunds', ({ params }) =>
    pageOf(matching(store.refunds.all(), params, ['charge', 'payment_intent']), params, '/v1/refunds'),
  );
  serve('GET', '/v1/refunds/:id', ({ id }) => store.refunds.get(id));
  serve('GET', '/v1/disputes', ({ params }) =>
    pageOf(matching(store.disputes.all(), params, ['charge', 'payment_intent']), params, '/v1/disputes'),
  );
  serve('GET', '/v1/disputes/:id', ({ id }) => store.disputes.get(id));
  serve('POST', '/v1/disputes/:id/close', ({ id }) => payments.closeDispute(store.disputes.get(id), 'lost'));
  serve('GET', '/v1/balance', () => ({ object: 'balance', livemode: false, available: [], pending: [] }));
  serve('GET', '/v1/balance_transactions', ({ params }) =>
    pageOf(matching(store.balance.all(), params, ['source', 'type']), params, '/v1/balance_transactions'),
  );

  function chargeIn(params: Params): Charge {
    const charge = textIn(params, 'charge');
    if (charge) return store.charges.get(charge, 'charge');
    const intent = textIn(params, 'payment_intent');
    if (!intent) throw required('charge');
    return store.charges.get(
      store.paymentIntents.get(intent, 'payment_intent').latest_charge ?? '',
      'charge',
    );
  }
}

function serveClocks(serve: Serve, { store, time, clock }: SimulatedStripe): void {
  serve('POST', '/v1/test_helpers/test_clocks', ({ params }) => {
    const frozen = numberIn(params, 'frozen_time');
    if (frozen === undefined) throw required('frozen_time');
    return store.clocks.add({
      id: newStripeId('clock'),
      object: 'test_helpers.test_clock',
      created: clock.now(null),
      frozen_time: frozen,
      livemode: false,
      name: textIn(params, 'name') ?? null,
      status: 'ready',
    });
  });
  serve('GET', '/v1/test_helpers/test_clocks/:id', ({ id }) => store.clocks.get(id));
  serve('POST', '/v1/test_helpers/test_clocks/:id/advance', ({ id, params }) => {
    const frozen = numberIn(params, 'frozen_time');
    if (frozen === undefined) throw required('frozen_time');
    time.advance(store.clocks.get(id).id, frozen);
    return store.clocks.get(id);
  });
  serve('GET', '/v1/events', ({ params }) =>
    pageOf(matching(store.events.all(), params, ['type']), params, '/v1/events'),
  );
  serve('GET', '/v1/events/:id', ({ id }) => store.events.get(id));
}

const itemsIn = (params: Params): WantedItem[] =>
  listIn(params, 'items').map((item) =>
    given({
      id: textIn(item, 'id'),
      price: textIn(item, 'price'),
      quantity: numberIn(item, 'quantity'),
      deleted: flagIn(item, 'deleted'),
    }),
  );

function missingIn(endBehavior: Params): 'cancel' | 'create_invoice' | 'pause' | undefined {
  const value = textIn(endBehavior, 'missing_payment_method');
  return (['cancel', 'create_invoice', 'pause'] as const).find((known) => known === value);
}

type Given<T> = { [K in keyof T]?: Exclude<T[K], undefined> };

/** Only what was said. */
function given<T extends object>(fields: T): Given<T> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as Given<T>;
}
