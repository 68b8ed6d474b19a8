import { ReturnUrls } from '../checkout/return-urls';
import { stripeEndpoint } from './stripe-endpoint';
import { rootOf } from './stripe-roots';
import { heldUntil, planMetadata, planNamed, readRef, refOf } from './subscription-metadata';

describe('rootOf', () => {
  it.each([
    ['checkout.session.async_payment_failed', 'session'],
    ['customer.subscription.trial_will_end', 'subscription'],
    ['invoice.payment_succeeded', 'invoice'],
    ['payment_intent.payment_failed', 'payment'],
    ['charge.refunded', 'charge'],
    ['charge.refund.updated', 'refund'],
    ['refund.created', 'refund'],
    ['charge.dispute.funds_reinstated', 'dispute'],
    ['v1.customer.subscription.updated', 'subscription'],
  ])('%s is about a %s', (type, kind) => {
    expect(rootOf({ type, object: { id: 'x_1' } })).toEqual({ kind, id: 'x_1' });
  });

  it.each(['customer.updated', 'price.created', 'something.new'])('%s changes nothing here', (type) => {
    expect(rootOf({ type, object: { id: 'x_1' } })).toBeUndefined();
  });

  it('needs an id', () => {
    expect(rootOf({ type: 'invoice.upcoming', object: {} })).toBeUndefined();
  });
});

describe('what is written on a subscription', () => {
  const pro = { code: 'voice.pro', version: 2 };
  const [start, end] = [new Date('2027-01-01T00:00:00Z'), new Date('2027-02-01T00:00:00Z')];
  const waiting = { hold: refOf(pro), holdUntil: end.toISOString() };

  it('names the plan and its version', () => {
    expect(planNamed(planMetadata('t', pro))).toEqual(pro);
    expect(['', 'pro', '@1', 'a@x'].map((text) => readRef(text))).toEqual(Array(4).fill(undefined));
  });

  it('holds the plan that was paid for until its period is over', () => {
    expect(heldUntil(waiting, start, start)).toEqual(pro);
    expect(heldUntil(waiting, end, start)).toBeUndefined();
    expect(heldUntil(waiting, start, end)).toBeUndefined();
    expect(heldUntil({}, start, start)).toBeUndefined();
  });
});

describe('stripeEndpoint', () => {
  const production = {
    NODE_ENV: 'production',
    STRIPE_SECRET_KEY: undefined,
    STRIPE_API_URL: undefined,
    SANDBOX_URL: 'http://sandbox:4010',
    ALLOW_SANDBOX: false,
  } as const;

  it('is Stripe with a key', () => {
    expect(stripeEndpoint({ ...production, STRIPE_SECRET_KEY: 'given' })).toEqual({
      apiKey: 'given',
      host: 'api.stripe.com',
      port: 443,
      protocol: 'https',
    });
  });

  it('is the sandbox in production only when allowed', () => {
    expect(() => stripeEndpoint(production)).toThrow(/STRIPE_SECRET_KEY/);
    expect(stripeEndpoint({ ...production, ALLOW_SANDBOX: true })).toMatchObject({
      host: 'sandbox',
      port: 4010,
    });
  });

  it('has no path', () => {
    const elsewhere = { ...production, ALLOW_SANDBOX: true, STRIPE_API_URL: 'http://proxy/stripe' };
    expect(() => stripeEndpoint(elsewhere)).toThrow(/path/);
  });
});

describe('return addresses', () => {
  const returns = new ReturnUrls(['https://app.parley.test', 'http://localhost:5173/']);

  it('lead to our own origins', () => {
    expect(returns.allowed('successUrl', undefined, '/billing')).toBe('https://app.parley.test/billing');
    for (const url of ['https://app.parley.test/x?s={CHECKOUT_SESSION_ID}', 'http://localhost:5173/'])
      expect(returns.allowed('successUrl', url, '/')).toBe(url);
  });

  it.each([
    'https://evil.test/',
    'http://app.parley.test/',
    'https://app.parley.test.evil.test/',
    'https://app.parley.test@evil.test/',
    'https://user:word@app.parley.test/',
    'javascript:alert(1)',
    '/billing',
  ])('never to %s', (url) => {
    expect(() => returns.allowed('successUrl', url, '/')).toThrow(/successUrl/);
  });
});
