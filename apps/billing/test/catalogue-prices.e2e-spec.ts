import { buyCredits, editPack, editPlan } from '@parley/contracts';
import { StripeDesk } from './stripe-desk';

describe('prices of the catalogue', () => {
  let desk: StripeDesk;

  beforeAll(async () => {
    desk = await StripeDesk.start();
  });
  afterAll(() => desk?.close());

  const price = (amountCents: number, interval: 'month' | 'year' = 'month', currency = 'USD') => ({
    interval,
    amountCents,
    currency,
  });

  it.each([1, 49])('cannot be %d cents: nobody could ever pay them', async (cents) => {
    const edit = desk.billing.askAsPlatform(editPlan, { code: 'voice.core', prices: [price(cents)] });
    await expect(edit).rejects.toMatchObject({
      kind: 'invalid',
      details: [expect.objectContaining({ field: 'prices.0.amountCents' })],
    });
  });

  it('are in one currency', async () => {
    const prices = [price(14_900), price(149_000, 'year', 'CAD')];
    const edit = desk.billing.askAsPlatform(editPlan, { code: 'voice.core', prices });
    await expect(edit).rejects.toMatchObject({ kind: 'invalid' });
  });

  it('of a pack in another currency are others at Stripe', async () => {
    const tenantId = await desk.aTenant();
    const currencyOf = async (): Promise<string | null> => {
      const { sessionId } = await desk.billing.ask(tenantId, buyCredits, { packCode: 'credits_100' });
      return (await desk.stripe.checkout.sessions.retrieve(sessionId)).currency;
    };
    expect(await currencyOf()).toBe('usd');
    const same = { code: 'credits_100', quantity: 100, amountCents: 1_500, isActive: true };
    await desk.billing.askAsPlatform(editPack, { ...same, currency: 'CAD' });
    expect(await currencyOf()).toBe('cad');
  });
});
