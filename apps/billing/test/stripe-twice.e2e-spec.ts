import { getSubscriptions, opsAlertRaisedV1, putSubscription, startCheckout } from '@parley/contracts';
import { StripeDesk } from './stripe-desk';

describe('nobody is charged for two subscriptions of one product line', () => {
  let desk: StripeDesk;
  let tenantId: string;

  beforeAll(async () => {
    desk = await StripeDesk.start();
  });
  afterAll(() => desk?.close());
  beforeEach(async () => {
    tenantId = await desk.aTenant();
  });

  const put = (planCode = 'voice.core', paymentMethodId = 'pm_card_visa') =>
    desk.billing.ask(tenantId, putSubscription, { planCode, paymentMethodId });
  const page = (priceCode = 'voice.core') => desk.billing.ask(tenantId, startCheckout, { priceCode });
  const pay = (sessionId: string) => desk.control('POST', `/checkout/${sessionId}/pay`);
  const atStripe = async () => {
    const customer = await desk.customerOf(tenantId);
    return (await desk.stripe.subscriptions.list({ customer })).data;
  };
  const plans = async () =>
    (await desk.billing.ask(tenantId, getSubscriptions, {})).subscriptions.map(({ plan }) => plan);
  /** What a process leaves that died while it asked Stripe. */
  const claimed = (state: { unanswered: boolean; until: string }) =>
    desk.database.query(
      `INSERT INTO billing.subscription_claims (tenant_id, product_line, holder, attempt_id, offer, unanswered, held_until)
       VALUES ($1, 'voice', $1, $1, 'voice.core@1:month:pm_card_visa', $2, now() + $3::interval)`,
      [tenantId, state.unanswered, state.until],
    );

  it('when two subscribe at once', async () => {
    const outcomes = await Promise.allSettled([put(), put(), put('voice.pro')]);
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    for (const outcome of outcomes)
      if (outcome.status === 'rejected') expect(outcome.reason).toMatchObject({ code: 'STATE_CONFLICT' });
    await desk.settled();
    expect(await atStripe()).toHaveLength(1);
    expect(await put()).toMatchObject({ plan: 'voice.core', status: 'active' });
  });

  it('when a client asks again whose answer was lost', async () => {
    await put();
    await desk.settled();
    // As if the process had died between Stripe's answer and its own books.
    for (const table of ['subscription_history', 'subscriptions'])
      await desk.database.query(`DELETE FROM billing.${table} WHERE tenant_id = $1`, [tenantId]);
    expect(await put()).toMatchObject({ plan: 'voice.core' });
    expect(await atStripe()).toHaveLength(1);
  });

  it('when Stripe did not answer in time', async () => {
    await desk.faults({ errorRate5xx: 1 });
    await expect(put()).rejects.toMatchObject({ kind: 'unavailable' });
    await desk.faults({});
    await expect(put('voice.pro')).rejects.toMatchObject({ code: 'STATE_CONFLICT' });
    expect(await put()).toMatchObject({ plan: 'voice.core' });
    expect(await atStripe()).toHaveLength(1);
  });

  it('when a process died over it, until nothing of it can be on its way', async () => {
    await claimed({ unanswered: false, until: '1 minute' });
    await expect(put()).rejects.toMatchObject({ code: 'STATE_CONFLICT' });
    await expect(page()).rejects.toMatchObject({ code: 'STATE_CONFLICT' });
    await desk.database.query(
      `UPDATE billing.subscription_claims SET held_until = now() - interval '1 second' WHERE tenant_id = $1`,
      [tenantId],
    );
    expect(await put()).toMatchObject({ plan: 'voice.core' });
  });

  it('when a page is open while somebody subscribes with a card', async () => {
    const { sessionId } = await page('voice.pro');
    await put();
    await expect(pay(sessionId)).rejects.toThrow(/expired/);
    expect(await atStripe()).toHaveLength(1);
  });

  it('when two pages are opened at once', async () => {
    const opened = await Promise.allSettled([page(), page('voice.pro')]);
    const open = opened.filter((each) => each.status === 'fulfilled');
    expect(open.length).toBeGreaterThan(0);
    const paid = await Promise.allSettled(open.map(({ value }) => pay(value.sessionId)));
    expect(paid.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    await desk.settled();
    expect(await atStripe()).toHaveLength(1);
  });

  it('when another page is open that we never heard of: it is closed when one is paid', async () => {
    const { sessionId } = await page();
    const known = await desk.stripe.checkout.sessions.retrieve(sessionId);
    const { data: items } = await desk.stripe.checkout.sessions.listLineItems(sessionId);
    const other = await desk.stripe.checkout.sessions.create({
      mode: 'subscription',
      customer: await desk.customerOf(tenantId),
      line_items: items.map(({ price }) => ({ price: price?.id ?? '', quantity: 1 })),
      metadata: known.metadata ?? {},
      success_url: 'https://app.parley.test',
    });
    await pay(sessionId);
    await desk.settled();
    await expect(pay(other.id)).rejects.toThrow(/expired/);
  });

  it('and a person hears of one that is billed all the same', async () => {
    await put();
    const [first] = await atStripe();
    await desk.stripe.subscriptions.create({
      customer: await desk.customerOf(tenantId),
      items: (first?.items.data ?? []).map(({ price }) => ({ price: price.id })),
      metadata: first?.metadata ?? {},
    });
    await desk.settled();
    const alerts = desk.billing.told(tenantId, opsAlertRaisedV1);
    expect(alerts[0]).toMatchObject({ kind: 'second_subscription', severity: 'critical' });
    expect(new Set(alerts.map(({ dedupeKey }) => dedupeKey)).size).toBe(1);
    expect(await plans()).toEqual(['voice.core']);
  });

  it('pays with the card that was chosen, also when nothing else changes', async () => {
    const { sessionId } = await page();
    await pay(sessionId);
    await desk.settled();
    const cardsOf = async () => (await atStripe()).map((each) => each.default_payment_method);
    const [atThePage] = await cardsOf();
    await put();
    const [chosen] = await cardsOf();
    expect(chosen).not.toBe(atThePage);
    await put('voice.pro', 'pm_card_mastercard');
    expect((await cardsOf())[0]).not.toBe(chosen);
    const [paidWith] = (await desk.stripe.charges.list({ customer: await desk.customerOf(tenantId) })).data;
    expect(paidWith?.payment_method).toBe((await cardsOf())[0]);
  });
});
