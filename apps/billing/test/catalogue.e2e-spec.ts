import { editPack, editPlan, listPlans, newId, previewPlan } from '@parley/contracts';
import { type SubscriptionState, Subscriptions } from '../src/subscriptions/subscriptions.service';
import { callEnded, tenantCreated, useBilling } from './running-billing';

describe('the catalogue', () => {
  const billing = useBilling();

  const catalogue = () => billing.ask(newId(), listPlans, {});
  const planOf = async (code: string) => (await catalogue()).plans.find((plan) => plan.code === code);

  it('holds the six tiers of the sales line with their eleven prices (BR-036)', async () => {
    const { plans } = await catalogue();
    const prices = plans
      .filter(({ productLine }) => productLine === 'sales')
      .flatMap(({ code, prices: of }) =>
        of.map(({ interval, amountCents, currency }) => [code, interval, amountCents, currency]),
      );
    expect(prices).toEqual([
      ['sales.free', 'none', 0, 'USD'],
      ['sales.explorer', 'month', 4_900, 'USD'],
      ['sales.explorer', 'year', 49_000, 'USD'],
      ['sales.professional', 'month', 14_900, 'USD'],
      ['sales.professional', 'year', 149_000, 'USD'],
      ['sales.growth', 'month', 34_900, 'USD'],
      ['sales.growth', 'year', 349_000, 'USD'],
      ['sales.enterprise', 'month', 74_900, 'USD'],
      ['sales.enterprise', 'year', 749_000, 'USD'],
      ['sales.elite', 'month', 149_900, 'USD'],
      ['sales.elite', 'year', 1_499_000, 'USD'],
    ]);
  });

  it('limits what the tiers say they limit (BR-038, C-26, C-27)', async () => {
    const limits = async (code: string) =>
      Object.fromEntries(
        (await planOf(code))?.entitlements.map(({ meter, included }) => [meter, included]) ?? [],
      );
    expect(await limits('sales.free')).toMatchObject({ ai_prompts: 3 });
    expect(await limits('sales.explorer')).toMatchObject({ ai_prompts: 5, ai_conversations: null });
    expect(await limits('sales.professional')).toMatchObject({ ai_prompts: null, ai_conversations: 50 });
    expect(await limits('sales.growth')).toMatchObject({ ai_prompts: null, ai_conversations: null });
    expect(await planOf('sales.explorer')).toMatchObject({ proceduresVisible: 100 });
    expect(await planOf('sales.professional')).toMatchObject({ proceduresVisible: 500 });
    expect(await planOf('sales.enterprise')).toMatchObject({ proceduresVisible: null, seats: 10 });
  });

  it('holds the voice plans with the example figures, marked as such (C-28)', async () => {
    const { plans } = await catalogue();
    const voice = plans.filter(({ productLine }) => productLine === 'voice');
    expect(voice.every(({ isExample }) => isExample)).toBe(true);
    expect(
      voice.map(({ code, prices, entitlements }) => [
        code,
        prices.map(({ amountCents }) => amountCents),
        entitlements.map(({ meter, included, hardPct, overage }) => [meter, included, hardPct, overage]),
      ]),
    ).toEqual([
      [
        'voice.core',
        [14_900],
        [
          ['sms', 250, 110, true],
          ['voice_minutes', 150, 110, true],
        ],
      ],
      [
        'voice.pro',
        [24_900],
        [
          ['sms', 1_000, 110, true],
          ['voice_minutes', 300, 110, true],
        ],
      ],
      [
        'voice.elite',
        [49_700],
        [
          ['sms', 3_000, 110, true],
          ['voice_minutes', 800, 110, true],
        ],
      ],
      [
        'voice.scale',
        [99_700],
        [
          ['sms', 5_000, 110, true],
          ['voice_minutes', 3_000, 110, true],
        ],
      ],
    ]);
  });

  it('holds the top-ups and credit packs', async () => {
    const { packs } = await catalogue();
    expect(
      packs.map(({ code, meter, quantity, amountCents }) => [code, meter, quantity, amountCents]),
    ).toEqual(
      expect.arrayContaining([
        ['minutes_300', 'voice_minutes', 300, 19_500],
        ['minutes_800', 'voice_minutes', 800, 52_000],
        ['sms_500', 'sms', 500, 5_000],
        ['sms_1000', 'sms', 1_000, 10_000],
        ['credits_100', 'credits', 100, 1_500],
      ]),
    );
  });

  it('gains a version when edited; what is left out stays', async () => {
    const edited = await billing.askAsPlatform(editPlan, {
      code: 'voice.scale',
      prices: [{ interval: 'month', amountCents: 89_900, currency: 'USD' }],
      entitlements: [{ meter: 'voice_minutes', included: 4_000, overage: true, overageCents: 25 }],
    });
    expect(edited).toMatchObject({
      version: 2,
      name: 'Scale',
      isExample: false,
      modules: ['crm', 'platform'],
    });
    expect(edited.entitlements).toEqual([
      {
        meter: 'voice_minutes',
        included: 4_000,
        noticePct: 80,
        softPct: 100,
        hardPct: 110,
        overage: true,
        overageCents: 25,
      },
    ]);
    expect(await planOf('voice.scale')).toEqual(edited);
    const versions = await billing.database.query(
      `SELECT version FROM billing.plans WHERE code = 'voice.scale'`,
    );
    expect(versions).toHaveLength(2);
  });

  it('numbers edits made at once', async () => {
    const rename = (name: string) => billing.askAsPlatform(editPlan, { code: 'voice.elite', name });
    const edited = await Promise.all([rename('A'), rename('B'), rename('C')]);
    expect(edited.map(({ version }) => version).sort()).toEqual([2, 3, 4]);
  });

  it('takes a pack off the shelf by an edit', async () => {
    await billing.askAsPlatform(editPack, {
      code: 'credits_1000',
      quantity: 1_000,
      amountCents: 9_900,
      isActive: false,
    });
    expect((await catalogue()).packs.map(({ code }) => code)).not.toContain('credits_1000');
  });

  it.each([
    [
      'another line’s meter',
      { entitlements: [{ meter: 'research' as const, included: 1 }] },
      'entitlements.0.meter',
    ],
    [
      'an interval twice',
      {
        prices: [
          { interval: 'month' as const, amountCents: 100, currency: 'USD' },
          { interval: 'month' as const, amountCents: 200, currency: 'USD' },
        ],
      },
      'prices',
    ],
    [
      'a negative price',
      { prices: [{ interval: 'month' as const, amountCents: -1, currency: 'USD' }] },
      'prices.0.amountCents',
    ],
  ])('refuses %s', async (_case, edit, field) => {
    await expect(billing.askAsPlatform(editPlan, { code: 'voice.core', ...edit })).rejects.toMatchObject({
      status: 400,
      details: [expect.objectContaining({ field })],
    });
  });

  it('knows no plan that is not there, and listens to administrators only', async () => {
    await expect(billing.askAsPlatform(editPlan, { code: 'voice.none' })).rejects.toMatchObject({
      status: 404,
    });
    await expect(billing.ask(newId(), editPlan, { code: 'voice.core' })).rejects.toMatchObject({
      status: 403,
    });
  });

  describe('tells what last month would have cost under an edit', () => {
    const now = new Date();
    const lastMonth = new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() - 1, 10));
    const month = lastMonth.toISOString().slice(0, 7);
    const edit = {
      code: 'voice.core',
      prices: [{ interval: 'month' as const, amountCents: 10_000, currency: 'USD' }],
      entitlements: [{ meter: 'voice_minutes' as const, included: 60, overage: true, overageCents: 30 }],
    };
    const nobody = {
      code: 'voice.core',
      month,
      subscribers: 0,
      currentCents: 0,
      editedCents: 0,
      overIncluded: 0,
    };
    const subscribed = async (
      fields: Partial<SubscriptionState> = {},
      tenantId = newId(),
    ): Promise<string> => {
      await billing.deliver(tenantCreated(tenantId));
      await billing.within(tenantId, () =>
        billing.get<Subscriptions>(Subscriptions).apply({
          tenantId,
          externalId: 'sub_preview',
          source: 'stripe',
          planCode: 'voice.core',
          status: 'active',
          interval: 'month',
          periodStart: lastMonth,
          periodEnd: new Date(now.getTime() + 86_400_000),
          asOf: new Date(),
          ...fields,
        }),
      );
      return tenantId;
    };
    const talked = (tenantId: string, minutes: number) =>
      billing.deliver(
        callEnded(tenantId, { durationSeconds: minutes * 60, endedAt: lastMonth.toISOString() }),
      );

    afterEach(async () => {
      await billing.database.query('TRUNCATE billing.subscription_history');
    });

    it('and changes nothing', async () => {
      await talked(await subscribed(), 100);
      expect(await billing.askAsPlatform(previewPlan, edit)).toEqual({
        ...nobody,
        subscribers: 1,
        currentCents: 14_900,
        editedCents: 10_000 + 40 * 30,
        overIncluded: 1,
      });
      expect(await planOf('voice.core')).toMatchObject({ version: 1 });
    });

    it('to those who paid, for all they subscribed to', async () => {
      await subscribed({ source: 'comped' });
      await subscribed({ status: 'trialing' });
      expect(await billing.askAsPlatform(previewPlan, edit)).toEqual(nobody);

      await subscribed({ quantity: 3 });
      expect(await billing.askAsPlatform(previewPlan, edit)).toMatchObject({
        subscribers: 1,
        currentCents: 3 * 14_900,
        editedCents: 30_000,
      });
    });

    it('also to those who went since, by the plan they held then', async () => {
      const tenantId = await subscribed();
      await subscribed({ planCode: 'voice.pro' }, tenantId);
      await subscribed({ planCode: 'voice.pro', status: 'canceled' }, tenantId);
      expect(await billing.askAsPlatform(previewPlan, edit)).toMatchObject({
        subscribers: 1,
        currentCents: 14_900,
      });
      expect(await billing.askAsPlatform(previewPlan, { code: 'voice.pro' })).toMatchObject({
        subscribers: 0,
      });
    });

    it('without what top-ups and credits paid', async () => {
      const tenantId = await subscribed();
      await talked(tenantId, 170);
      // 20 were paid or are owed by credits, of which the edit would have left as many.
      expect(await billing.askAsPlatform(previewPlan, edit)).toMatchObject({
        currentCents: 14_900,
        editedCents: 10_000 + (170 - 20 - 60) * 30,
      });
    });
  });
});
