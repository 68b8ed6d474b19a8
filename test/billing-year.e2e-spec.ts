import {
  buyCredits,
  buyTopup,
  cancelSubscription,
  getCredits,
  getSubscriptions,
  listAllPayments,
  listPayments,
  newId,
  type Operation,
  makeCheckoutLink,
  putSubscription,
  refundPayment,
  resolvePayment,
  resumeSubscription,
  runAs,
  startCheckout,
  syncBilling,
  verifyLedger,
} from '@parley/contracts';
import { eventually } from '@parley/testing';
import Stripe from 'stripe';
import { type Member, TestPlatform } from './support/platform';

const DAY_SECONDS = 86_400;

/** A year of two tenants on Stripe's clock: everything it tells is doubled and goes through the journal. */
describe('a year of payments', () => {
  let platform: TestPlatform;
  let stripe: Stripe;
  let ada: Member;
  let bob: Member;

  beforeAll(async () => {
    platform = await TestPlatform.start({ CHECKOUT_ORIGINS: 'https://app.parley.test' });
    ada = await platform.signUp('Ada');
    bob = await platform.signUp('Bob');
    const { hostname, port } = new URL(platform.sandbox.url);
    stripe = new Stripe('sandbox', {
      host: hostname,
      port,
      protocol: 'http',
      telemetry: false,
      maxNetworkRetries: 0,
    });
    await fetch(`${platform.sandbox.url}/control/faults`, {
      method: 'PUT',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ duplicate: 1, seed: 4 }),
    });
  });
  afterAll(async () => {
    await platform?.close();
  });

  const ask = <Request extends object, Response extends object>(
    who: Member,
    operation: Operation<Request, Response>,
    request: Request,
  ): Promise<Response> =>
    runAs({ ...who.caller, requestId: newId() }, () => platform.rpc.call(operation, request));
  const decide = <Request extends object, Response extends object>(
    operation: Operation<Request, Response>,
    request: Request,
  ): Promise<Response> =>
    runAs({ requestId: newId(), userId: newId(), roles: ['super_admin'], locale: 'en' }, () =>
      platform.rpc.call(operation, request),
    );
  const control = async (path: string, body: object): Promise<Record<string, unknown>> => {
    const response = await fetch(`${platform.sandbox.url}/control/stripe${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    const answer = (await response.json()) as Record<string, unknown>;
    if (!response.ok) throw new Error(JSON.stringify(answer));
    return answer;
  };
  const all = async <T extends { id: string }>(
    list: (page: { limit: number; starting_after?: string }) => Promise<Stripe.ApiList<T>>,
  ): Promise<T[]> => {
    const found: T[] = [];
    for (;;) {
      const last = found.at(-1)?.id;
      const { data, has_more: more } = await list({ limit: 100, ...(last ? { starting_after: last } : {}) });
      found.push(...data);
      if (!more) return found;
    }
  };
  const settled = () =>
    eventually(async () => {
      const made = (await all((page) => stripe.events.list(page))).map(({ id }) => id);
      const heard = await platform.database.query<{ id: string; open: boolean }>(
        'SELECT event_id AS id, processed_at IS NULL AS open FROM billing.stripe_events',
      );
      const ids = new Set(heard.map(({ id }) => id));
      expect(made.filter((id) => !ids.has(id))).toEqual([]);
      expect(heard.filter(({ open }) => open)).toEqual([]);
      const jobs = await platform.database.query(
        `SELECT j.id FROM billing_jobs._private_jobs j JOIN billing_jobs._private_tasks t ON t.id = j.task_id
         WHERE t.identifier IN ('billing-stripe-apply', 'billing-payment-retry', 'billing-subscription-end')`,
      );
      expect(jobs).toEqual([]);
    }, 30_000);
  const pass = async (days: number): Promise<void> => {
    await control('/clock', { advanceSeconds: days * DAY_SECONDS });
    await settled();
  };
  const customerOf = async ({ tenantId }: Member): Promise<string> => {
    const [row] = await platform.database.query<{ id: string }>(
      'SELECT stripe_customer_id AS id FROM billing.billing_customers WHERE tenant_id = $1',
      [tenantId],
    );
    return row?.id ?? '';
  };
  const pay = async (who: Member, sessionId: string): Promise<void> => {
    await control(`/checkout/${sessionId}/pay`, { fingerprint: who.email });
    await settled();
  };
  const card = async (who: Member, behaviour: string) =>
    control(`/customers/${await customerOf(who)}/card`, { behaviour });
  const payments = (who: Member) => ask(who, listPayments, { limit: 200 }).then(({ data }) => data);
  const plan = async (who: Member) => {
    const { subscriptions } = await ask(who, getSubscriptions, {});
    return subscriptions.map((each) => `${each.plan} ${each.status}`);
  };
  const atStripe = async (who: Member): Promise<number> => {
    const customer = await customerOf(who);
    const charges = await all((page) => stripe.charges.list({ customer, ...page }));
    const own = new Set(charges.map(({ id }) => id));
    for (const { id: charge } of charges) {
      for (const { id } of await all((page) => stripe.refunds.list({ charge, ...page }))) own.add(id);
      for (const { id } of await all((page) => stripe.disputes.list({ charge, ...page }))) own.add(id);
    }
    const moved = await all((page) => stripe.balanceTransactions.list(page));
    return moved.filter(({ source }) => own.has(String(source))).reduce((sum, { amount }) => sum + amount, 0);
  };
  const inBooks = async ({ tenantId }: Member): Promise<number> => {
    const [row] = await platform.database.query<{ cents: string | null }>(
      `SELECT sum(e.amount) AS cents FROM billing.ledger_entries e
       JOIN billing.ledger_accounts a ON a.id = e.account_id
       WHERE a.tenant_id = $1 AND a.code = 'money:USD:stripe'`,
      [tenantId],
    );
    return Number(row?.cents ?? 0);
  };
  const expectAgreement = async (): Promise<void> => {
    for (const who of [ada, bob]) expect(await inBooks(who)).toBe(await atStripe(who));
    expect(await decide(verifyLedger, {})).toMatchObject({ sound: true, unbalanced: 0 });
  };

  it('ends in agreement with Stripe to the cent', async () => {
    // January: both subscribe, one with a trial.
    await pay(ada, (await ask(ada, startCheckout, { priceCode: 'voice.core' })).sessionId);
    const trial = await decide(makeCheckoutLink, {
      tenantId: bob.tenantId,
      priceCode: 'voice.pro',
      trialDays: 14,
    });
    await control(`/checkout/${trial.sessionId}/pay`, {});
    await settled();
    expect([await plan(ada), await plan(bob)]).toEqual([['voice.core active'], ['voice.pro trialing']]);
    // The trial ends without a card, and with it the subscription; Bob comes back with one.
    await pass(16);
    expect(await plan(bob)).toEqual([]);
    await pay(bob, (await ask(bob, startCheckout, { priceCode: 'voice.pro' })).sessionId);
    await expectAgreement();

    // February: an upgrade in mid-period, a top-up, credits.
    await ask(ada, putSubscription, { planCode: 'voice.elite' });
    await pay(ada, (await ask(ada, buyTopup, { packCode: 'minutes_300' })).sessionId);
    await pay(bob, (await ask(bob, buyCredits, { packCode: 'credits_500' })).sessionId);
    await pass(20);
    await expectAgreement();

    // March: a downgrade that waits; a refund in part.
    await ask(ada, putSubscription, { planCode: 'voice.pro' });
    expect(await plan(ada)).toEqual(['voice.elite active']);
    const bought = (await payments(bob)).find(({ kind }) => kind === 'credits');
    await decide(refundPayment, { id: bought?.id ?? '', amountCents: 1_301, reason: 'too many' });
    expect((await ask(bob, getCredits, {})).balance).toBe(15 + 500 - 100);
    await pass(30);
    expect(await plan(ada)).toEqual(['voice.pro active']);
    await expectAgreement();

    // April: a card fails, is tried again, a person decides.
    await card(ada, 'declines');
    await pass(31);
    expect(await plan(ada)).toEqual(['voice.pro past_due']);
    const { data: waiting } = await decide(listAllPayments, { status: 'manual_review' });
    expect(waiting).toMatchObject([{ tenantId: ada.tenantId, attempts: 2 }]);
    await card(ada, 'succeeds');
    await decide(resolvePayment, { id: waiting[0]?.id ?? '', action: 'retry' });
    await settled();
    expect(await plan(ada)).toEqual(['voice.pro active']);
    await expectAgreement();

    // June: a dispute that is won, another that is lost.
    await pass(30);
    const [topup] = (await payments(ada)).filter(({ kind }) => kind === 'topup');
    const chargeOf = async (id: string | undefined): Promise<string> => {
      const [row] = await platform.database.query<{ id: string }>(
        'SELECT stripe_charge_id AS id FROM billing.payments WHERE id = $1',
        [id],
      );
      return row?.id ?? '';
    };
    const won = await control(`/charges/${await chargeOf(topup?.id)}/dispute`, {});
    const lost = await control(`/charges/${await chargeOf(bought?.id)}/dispute`, {});
    await pass(10);
    await expectAgreement();
    await control(`/disputes/${String(won['id'])}/close`, { outcome: 'won' });
    await control(`/disputes/${String(lost['id'])}/close`, { outcome: 'lost' });
    await settled();
    expect((await ask(bob, getCredits, {})).balance).toBe(15);
    await expectAgreement();

    // July: a year of sales beside the voice plan; a cancellation, taken back.
    const yearly = { planCode: 'sales.growth', interval: 'year' } as const;
    await ask(ada, putSubscription, yearly);
    await ask(bob, cancelSubscription, {});
    await pass(15);
    await ask(bob, resumeSubscription, {});
    await pass(20);
    expect(await plan(ada)).toEqual(['sales.growth active', 'voice.pro active']);
    expect(await plan(bob)).toEqual(['voice.pro active']);

    // September: a card stays bad until Stripe gives up.
    await card(bob, 'declines');
    for (const days of [31, 8, 8, 8]) await pass(days);
    expect(await plan(bob)).toEqual([]);
    await expectAgreement();

    // November: the last month is paid back, and the plan goes with it.
    await pass(31);
    const [latest] = (await payments(ada)).filter(({ amountCents }) => amountCents === 24_900);
    await decide(refundPayment, { id: latest?.id ?? '', reason: 'leaves' });
    await settled();
    expect(await plan(ada)).toEqual(['sales.growth active']);
    for (const days of [30, 31, 31]) await pass(days);
    for (const { tenantId } of [ada, bob]) await decide(syncBilling, { id: tenantId });
    await expectAgreement();
    expect((await payments(ada)).filter(({ amountCents }) => amountCents === 349_000)).toHaveLength(1);
    expect((await payments(ada)).length + (await payments(bob)).length).toBeGreaterThan(15);
  }, 150_000);

  it('refuses what is not signed by Stripe', async () => {
    const forged = await fetch(`${platform.url}/v1/webhooks/stripe`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        'stripe-signature': `t=${Math.floor(Date.now() / 1000)},v1=${'0'.repeat(64)}`,
      },
      body: JSON.stringify({ id: 'evt_forged', object: 'event', type: 'invoice.paid', data: {} }),
    });
    expect(forged.status).toBeGreaterThanOrEqual(400);
    const rows = await platform.database.query(
      `SELECT FROM billing.stripe_events WHERE event_id = 'evt_forged'`,
    );
    expect(rows).toEqual([]);
  });

  it('sells through the edge to those who may buy, at canonical and designed paths', async () => {
    const carol = await platform.signUp('Carol');
    const { accessToken: token } = carol;
    const body = { priceCode: 'voice.core' };
    for (const path of ['/v1/billing/checkout-sessions', '/create-checkout-session']) {
      expect(await platform.call('POST', path, { token, body })).toMatchObject({
        status: 200,
        body: { offer: 'voice.core@1', status: 'open' },
      });
      expect((await platform.call('POST', path, { body })).status).toBe(401);
    }
    const unknown = { ...body, amountCents: 1 };
    expect((await platform.call('POST', '/create-checkout-session', { token, body: unknown })).status).toBe(
      400,
    );
    const elsewhere = { ...body, successUrl: 'https://evil.test/' };
    expect((await platform.call('POST', '/create-checkout-session', { token, body: elsewhere })).status).toBe(
      400,
    );
    for (const path of ['/v1/admin/checkout-links', '/admin/stripe-link'])
      expect((await platform.call('POST', path, { token, body })).status).toBe(403);
    expect((await platform.call('GET', '/v1/admin/payments', { token })).status).toBe(403);
    const link = await decide(makeCheckoutLink, { email: carol.email, priceCode: 'credits_100' });
    expect(link).toMatchObject({ kind: 'admin_link', offer: 'credits_100@1' });
  });
});
