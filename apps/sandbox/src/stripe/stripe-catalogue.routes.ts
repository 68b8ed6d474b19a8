import { randomBytes } from 'node:crypto';
import { invalid, required } from './stripe-errors';
import { flagIn, metadataIn, numberIn, type Params, paramsIn, textIn } from './stripe-form';
import { matching, pageOf } from './stripe-listing';
import { type Customer, newStripeId, type Price, type Product, type Recurring } from './stripe-objects';
import type { Serve } from './stripe.routes';
import type { SimulatedStripe } from './stripe';
import { hasEnded } from './stripe-subscriptions';

/** Customers, cards, products, prices and meters. */
export function serveCatalogue(
  serve: Serve,
  { store, clock, payments, events, subscriptions }: SimulatedStripe,
): void {
  const now = (): number => clock.now(null);

  serve('POST', '/v1/customers', ({ params }) => {
    const testClock = textIn(params, 'test_clock');
    if (testClock) store.clocks.get(testClock, 'test_clock');
    const customer: Customer = store.customers.add({
      id: newStripeId('cus'),
      object: 'customer',
      email: textIn(params, 'email') ?? null,
      name: textIn(params, 'name') ?? null,
      balance: 0,
      created: clock.now(testClock),
      currency: null,
      delinquent: false,
      invoice_settings: { default_payment_method: null },
      livemode: false,
      metadata: metadataIn(params),
      test_clock: testClock ?? null,
    });
    events.emit('customer.created', customer);
    return customer;
  });
  serve('GET', '/v1/customers', ({ params }) =>
    pageOf(matching(store.customers.all(), params, ['email']), params, '/v1/customers'),
  );
  serve('GET', '/v1/customers/:id', ({ id }) =>
    store.forgotten.has(id) ? { id, object: 'customer', deleted: true } : store.customers.get(id),
  );
  serve('DELETE', '/v1/customers/:id', ({ id }) => {
    store.customers.get(id);
    for (const subscription of store.subscriptions.all())
      if (subscription.customer === id && !hasEnded(subscription))
        subscriptions.cancel(subscription, 'cancellation_requested');
    events.emit('customer.deleted', store.customers.get(id));
    store.customers.remove(id);
    store.forgotten.add(id);
    return { id, object: 'customer', deleted: true };
  });
  serve('POST', '/v1/customers/:id', ({ id, params }) => {
    const customer = store.customers.get(id);
    customer.email = textIn(params, 'email') ?? customer.email;
    customer.name = textIn(params, 'name') ?? customer.name;
    customer.metadata = metadataIn(params, customer.metadata);
    const card = textIn(paramsIn(params, 'invoice_settings'), 'default_payment_method');
    if (card) customer.invoice_settings.default_payment_method = store.paymentMethods.get(card).id;
    return customer;
  });
  serve('GET', '/v1/customers/:id/payment_methods', ({ id, params }) =>
    pageOf(
      store.paymentMethods.all().filter(({ customer }) => customer === id),
      params,
      '/v1/payment_methods',
    ),
  );
  serve('GET', '/v1/payment_methods', ({ params }) =>
    pageOf(matching(store.paymentMethods.all(), params, ['customer']), params, '/v1/payment_methods'),
  );
  serve('GET', '/v1/payment_methods/:id', ({ id }) => store.paymentMethods.get(id));
  // Stripe's test cards by their well-known names.
  serve('POST', '/v1/payment_methods/:id/attach', ({ id, params }) => {
    const customer = store.customers.get(textIn(params, 'customer') ?? '', 'customer').id;
    if (id.startsWith('pm_card_')) {
      return payments.addCard(
        customer,
        id.toLowerCase().includes('declined') || id.includes('Fail') ? 'declines' : 'succeeds',
      );
    }
    const method = store.paymentMethods.get(id);
    if (method.customer && method.customer !== customer)
      throw invalid('The payment method is attached to another customer already.', 'payment_method');
    return Object.assign(method, { customer });
  });

  serve('POST', '/v1/products', ({ params }) => addProduct(params));
  serve('GET', '/v1/products', ({ params }) => pageOf(store.products.all(), params, '/v1/products'));
  serve('GET', '/v1/products/:id', ({ id }) => store.products.get(id));

  serve('POST', '/v1/prices', ({ params }) => {
    const currency = textIn(params, 'currency');
    if (!currency) throw required('currency');
    const lookupKey = textIn(params, 'lookup_key') ?? null;
    if (lookupKey) takeLookupKey(lookupKey, flagIn(params, 'transfer_lookup_key') ?? false);
    const data = paramsIn(params, 'product_data');
    const product =
      textIn(params, 'product') ?? (Object.keys(data).length > 0 ? addProduct(data).id : undefined);
    if (!product) throw required('product');
    const recurring = recurringIn(params);
    const amount = numberIn(params, 'unit_amount') ?? null;
    const price: Price = store.prices.add({
      id: newStripeId('price'),
      object: 'price',
      active: flagIn(params, 'active') ?? true,
      billing_scheme: 'per_unit',
      created: now(),
      currency: currency.toLowerCase(),
      livemode: false,
      lookup_key: lookupKey,
      metadata: metadataIn(params),
      nickname: textIn(params, 'nickname') ?? null,
      product: store.products.get(product, 'product').id,
      recurring,
      tax_behavior: 'unspecified',
      type: recurring ? 'recurring' : 'one_time',
      unit_amount: amount,
      unit_amount_decimal: textIn(params, 'unit_amount_decimal') ?? (amount === null ? null : String(amount)),
    });
    return price;
  });
  serve('GET', '/v1/prices', ({ params }) => {
    const keys = params['lookup_keys'];
    const wanted = Array.isArray(keys) ? keys : undefined;
    const prices = store.prices.all().filter((price) => !wanted || wanted.includes(price.lookup_key ?? ''));
    return pageOf(matching(prices, params, ['active', 'product', 'type']), params, '/v1/prices');
  });
  serve('GET', '/v1/prices/:id', ({ id }) => store.prices.get(id));
  serve('POST', '/v1/prices/:id', ({ id, params }) => {
    const price = store.prices.get(id);
    price.active = flagIn(params, 'active') ?? price.active;
    price.nickname = textIn(params, 'nickname') ?? price.nickname;
    price.metadata = metadataIn(params, price.metadata);
    const key = textIn(params, 'lookup_key');
    if (key) {
      takeLookupKey(key, flagIn(params, 'transfer_lookup_key') ?? false);
      price.lookup_key = key;
    }
    return price;
  });

  serve('POST', '/v1/billing/meters', ({ params }) => {
    const eventName = textIn(params, 'event_name');
    if (!eventName) throw required('event_name');
    return store.meters.add({
      id: newStripeId('mtr_test'),
      object: 'billing.meter',
      created: now(),
      default_aggregation: { formula: 'sum' },
      display_name: textIn(params, 'display_name') ?? eventName,
      event_name: eventName,
      livemode: false,
      status: 'active',
    });
  });
  serve('GET', '/v1/billing/meters', ({ params }) =>
    pageOf(store.meters.all(), params, '/v1/billing/meters'),
  );
  serve('GET', '/v1/billing/meters/:id/event_summaries', ({ id, params }) => {
    const meter = store.meters.get(id);
    const [start, end] = [numberIn(params, 'start_time') ?? 0, numberIn(params, 'end_time') ?? Infinity];
    const value = [...store.meterEvents.values()]
      .filter(
        (event) => event.eventName === meter.event_name && event.customer === textIn(params, 'customer'),
      )
      .filter(({ timestamp }) => timestamp >= start && timestamp < end)
      .reduce((sum, event) => sum + event.value, 0);
    const summary = {
      id: newStripeId('mtrusg'),
      object: 'billing.meter_event_summary',
      aggregated_value: value,
      end_time: end,
      livemode: false,
      meter: id,
      start_time: start,
    };
    return pageOf([summary], params, `/v1/billing/meters/${id}/event_summaries`);
  });
  serve('POST', '/v1/billing/meter_events', ({ params }) => {
    const payload = paramsIn(params, 'payload');
    const eventName = textIn(params, 'event_name');
    const customer = textIn(payload, 'stripe_customer_id');
    const value = Number(textIn(payload, 'value'));
    if (!eventName) throw required('event_name');
    if (!customer) throw required('payload[stripe_customer_id]');
    if (!Number.isFinite(value)) throw invalid('payload[value] must be a number', 'payload[value]');
    const identifier = textIn(params, 'identifier') ?? randomBytes(16).toString('hex');
    const timestamp = numberIn(params, 'timestamp') ?? clock.nowFor(customer);
    if (!store.meterEvents.has(identifier)) {
      store.meterEvents.set(identifier, { eventName, customer, value, timestamp });
    }
    const made = { created: now(), event_name: eventName, identifier, livemode: false, payload, timestamp };
    return { object: 'billing.meter_event', ...made };
  });

  function addProduct(params: Params): Product {
    const name = textIn(params, 'name');
    if (!name) throw required('name');
    const created = now();
    return store.products.add({
      id: textIn(params, 'id') ?? newStripeId('prod'),
      object: 'product',
      name,
      active: true,
      created,
      livemode: false,
      metadata: metadataIn(params),
    });
  }

  function takeLookupKey(key: string, transfer: boolean): void {
    const holder = store.prices.all().find((price) => price.lookup_key === key);
    if (holder && !transfer) {
      throw invalid(
        `A price (\`${holder.id}\`) already uses that lookup key.`,
        'lookup_key',
        'resource_already_exists',
      );
    }
    if (holder) holder.lookup_key = null;
  }
}

function recurringIn(params: Params): Recurring | null {
  const recurring = paramsIn(params, 'recurring');
  const interval = textIn(recurring, 'interval');
  if (interval === undefined) return null;
  if (interval !== 'month' && interval !== 'year') {
    throw invalid('The sandbox knows months and years.', 'recurring[interval]');
  }
  return {
    interval,
    interval_count: numberIn(recurring, 'interval_count') ?? 1,
    usage_type: textIn(recurring, 'usage_type') === 'metered' ? 'metered' : 'licensed',
    meter: textIn(recurring, 'meter') ?? null,
    trial_period_days: null,
  };
}
