import {
  entitlementsChangedV1,
  getCredits,
  getEntitlements,
  getSubscriptions,
  getUsage,
  listTransactions,
  newId,
  pauseUsage,
  resumeUsage,
  standingChangedV1,
  subscriptionChangedV1,
  takeHold,
  usagePeriodResetV1,
  usageThresholdV1,
  verifyLedger,
} from '@parley/contracts';
import { eventually } from '@parley/testing';
import { UpkeepService } from '../src/books/upkeep.service';
import { Grants } from '../src/grants/grants.service';
import { type SubscriptionState, Subscriptions } from '../src/subscriptions/subscriptions.service';
import { aiUsed, callEnded, callEnriched, tenantCreated, useBilling } from './running-billing';

const DAY = 86_400_000;
/** Fixed: two looks at one subscription must name the same period. */
const NOW = Math.floor(Date.now() / 1_000) * 1_000;
const at = (days: number): Date => new Date(NOW + days * DAY);

describe('subscriptions', () => {
  const billing = useBilling();
  let tenantId: string;
  beforeEach(async () => {
    tenantId = newId();
    await billing.deliver(tenantCreated(tenantId));
  });

  const core = (fields: Partial<SubscriptionState> = {}): SubscriptionState => ({
    tenantId,
    externalId: 'sub_1',
    source: 'stripe',
    planCode: 'voice.core',
    status: 'active',
    interval: 'month',
    periodStart: at(-10),
    periodEnd: at(20),
    asOf: at(0),
    ...fields,
  });
  const apply = (state: SubscriptionState) =>
    billing.within(tenantId, () => billing.get<Subscriptions>(Subscriptions).apply(state));
  const topUp = (naturalKey: string, quantity: number) =>
    billing.within(tenantId, () =>
      billing.get<Grants>(Grants).give({
        tenantId,
        naturalKey,
        meter: 'voice_minutes',
        kind: 'topup',
        quantity,
        description: 'Top-up',
        occurredAt: new Date(),
      }),
    );
  const revoke = (grantKey: string, naturalKey: string, quantity: number) =>
    billing.within(tenantId, () =>
      billing
        .get<Grants>(Grants)
        .revoke({ tenantId, grantKey, naturalKey, quantity, description: 'Refund', occurredAt: new Date() }),
    );
  const use = async (minutes: number, callId = newId()): Promise<string> => {
    await billing.deliver(callEnded(tenantId, { callId, durationSeconds: minutes * 60 }));
    return callId;
  };
  const meter = async (name: string) =>
    (await billing.ask(tenantId, getUsage, {})).meters.find((each) => each.meter === name);
  const voice = () => meter('voice_minutes');
  const credits = async () => (await billing.ask(tenantId, getCredits, {})).balance;
  const voiceBalance = async () => {
    const [row] = await billing.database.query<{ balance: string }>(
      `SELECT balance FROM billing.wallets WHERE tenant_id = $1 AND meter = 'voice_minutes'`,
      [tenantId],
    );
    return Number(row?.balance ?? 0);
  };
  const passBoundary = async () => {
    await billing.database.query(
      `UPDATE billing.usage_periods SET period_start = period_start - interval '31 days',
         period_end = period_end - interval '31 days' WHERE tenant_id = $1`,
      [tenantId],
    );
    await billing.database.query(
      `UPDATE billing.subscriptions SET period_start = period_start - interval '31 days',
         period_end = period_end - interval '31 days', started_at = started_at - interval '31 days'
       WHERE tenant_id = $1`,
      [tenantId],
    );
    await billing.database.query(
      `UPDATE billing.grants SET expires_at = expires_at - interval '31 days' WHERE tenant_id = $1`,
      [tenantId],
    );
    await billing.get<UpkeepService>(UpkeepService).run();
  };

  it('grant the allowance of a period once, however often they are told', async () => {
    for (let time = 0; time < 3; time++) await apply(core({ asOf: at(time) }));

    expect(await voice()).toMatchObject({ included: 150, used: 0, remaining: 165, state: 'under_limit' });
    expect(await voiceBalance()).toBe(150);
    const { subscriptions } = await billing.ask(tenantId, getSubscriptions, {});
    expect(subscriptions).toEqual([
      expect.objectContaining({ plan: 'voice.core', status: 'active', source: 'stripe', planVersion: 1 }),
    ]);
  });

  it('burn the allowance, then top-ups, then credits (C-19)', async () => {
    await topUp('topup-1', 300);
    await apply(core());

    await use(100);
    expect([await voiceBalance(), await credits()]).toEqual([350, 15]);
    await use(340);
    expect([await voiceBalance(), await credits()]).toEqual([10, 15]);
    await use(20);
    expect([await voiceBalance(), await credits()]).toEqual([0, 5]);
    const grants = await billing.database.query<{ kind: string; remaining: string }>(
      `SELECT kind, remaining FROM billing.grants WHERE tenant_id = $1 AND meter <> 'sms' ORDER BY priority`,
      [tenantId],
    );
    expect(grants).toEqual([
      { kind: 'allowance', remaining: '0' },
      { kind: 'topup', remaining: '0' },
      { kind: 'bonus', remaining: '5' },
    ]);
  });

  it('give back to the grants that were burnt last, when a call turns out shorter', async () => {
    await apply(core());
    const callId = await use(160);
    expect([await voiceBalance(), await credits()]).toEqual([0, 5]);

    await billing.deliver(callEnriched(tenantId, 2, { callId, durationSeconds: 155 * 60 }));
    expect([await voiceBalance(), await credits()]).toEqual([0, 10]);
    await billing.deliver(callEnriched(tenantId, 3, { callId, durationSeconds: 30 * 60 }));
    expect([await voiceBalance(), await credits()]).toEqual([120, 15]);
    expect(await voice()).toMatchObject({ used: 30 });
  });

  it('let a later top-up pay first for what was owed', async () => {
    await apply(core());
    await use(175);
    expect([await voiceBalance(), await credits()]).toEqual([0, -10]);

    await topUp('topup-late', 300);
    expect([await voiceBalance(), await credits()]).toEqual([290, 0]);
  });

  it('take back what is left of a top-up, and leave a debt for what was used', async () => {
    await topUp('topup-1', 300);
    await use(100);
    expect(await revoke('topup-1', 'refund-1', 50)).toBe(50);
    expect(await voiceBalance()).toBe(150);
    expect(await revoke('topup-1', 'refund-1', 50)).toBe(0);

    expect(await revoke('topup-1', 'refund-2', 300)).toBe(250);
    // 100 were used of 0 granted: credits pay 15, the rest is owed.
    expect([await voiceBalance(), await credits()]).toEqual([0, -85]);
  });

  it('follow an upgrade at once and a downgrade exactly, in whichever order they are heard of', async () => {
    await apply(core());
    await use(100);
    await apply(core({ planCode: 'voice.pro', asOf: at(2) }));
    expect(await voice()).toMatchObject({ included: 300, used: 100, remaining: 215 });

    await apply(core({ asOf: at(1) }));
    expect(await voice()).toMatchObject({ included: 300 });

    await apply(core({ asOf: at(3) }));
    expect(await voice()).toMatchObject({ included: 150, used: 100, remaining: 65 });
    expect(await voiceBalance()).toBe(50);
  });

  it('keep their version when the plan is edited', async () => {
    await apply(core());
    await billing.database.query(
      `INSERT INTO billing.plans (id, code, version, product_line, name, rank, features, is_public, is_example)
       SELECT gen_random_uuid(), code, 2, product_line, name, rank, features, true, false FROM billing.plans
       WHERE code = 'voice.core' AND version = 1 ON CONFLICT DO NOTHING`,
    );
    await apply(core({ asOf: at(1) }));
    const { subscriptions } = await billing.ask(tenantId, getSubscriptions, {});
    expect(subscriptions).toEqual([expect.objectContaining({ planVersion: 1 })]);
    await billing.database.query(`DELETE FROM billing.plans WHERE code = 'voice.core' AND version = 2`);
  });

  it('start anew at their own boundary: what is left lapses, what went beyond is owed still', async () => {
    await apply(core());
    await use(170);
    expect([await voiceBalance(), await credits()]).toEqual([0, -5]);

    await passBoundary();

    expect(await voice()).toMatchObject({ included: 150, used: 0, remaining: 145 });
    expect([await voiceBalance(), await credits()]).toEqual([145, 0]);
    await eventually(() => {
      const resets = billing
        .told(tenantId, usagePeriodResetV1)
        .filter((each) => each.meter === 'voice_minutes');
      expect(resets).toEqual([expect.objectContaining({ used: 170, included: 150 })]);
    });
    const { data } = await billing.ask(tenantId, listTransactions, {
      meter: 'voice_minutes',
      type: 'overage',
    });
    expect(data).toEqual([]);

    await passBoundary();
    expect(await voiceBalance()).toBe(150);
    const lapsed = await billing.ask(tenantId, listTransactions, { meter: 'voice_minutes', type: 'expiry' });
    expect(lapsed.data.map(({ amount, balanceAfter }) => [amount, balanceAfter])).toEqual([[-145, 0]]);
  });

  it('end at their boundary when they were cancelled', async () => {
    await apply(core({ cancelAtPeriodEnd: true }));
    await passBoundary();

    expect(await voiceBalance()).toBe(0);
    expect((await billing.ask(tenantId, getSubscriptions, {})).subscriptions).toEqual([]);
    await eventually(() => {
      const told = billing.told(tenantId, entitlementsChangedV1);
      expect(told.map(({ plans, version }) => [plans, version])).toEqual([
        [['sales.free', 'voice.core'], 1],
        [['sales.free'], 2],
      ]);
      expect(billing.told(tenantId, subscriptionChangedV1).at(-1)).toMatchObject({ status: 'canceled' });
    });
  });

  it('are one per product line: the one begun later holds', async () => {
    await apply(core({ externalId: 'sub_new', planCode: 'voice.pro', startedAt: at(-1) }));
    await apply(core({ externalId: 'sub_old', startedAt: at(-10) }));
    await apply(core({ externalId: 'sub_sales', planCode: 'sales.enterprise' }));

    const { subscriptions } = await billing.ask(tenantId, getSubscriptions, {});
    expect(subscriptions.map(({ plan }) => plan)).toEqual(['sales.enterprise', 'voice.pro']);
    expect(await billing.ask(tenantId, getEntitlements, {})).toMatchObject({
      plans: ['sales.enterprise', 'voice.pro'],
      seats: 10,
      proceduresVisible: null,
      modules: ['crm', 'market_data', 'platform', 'podcasts', 'sales_intelligence'],
    });
  });

  it('leave no more seats when they end than the lowest of them had', async () => {
    await apply(core({ planCode: 'sales.explorer' }));
    expect(await billing.ask(tenantId, getEntitlements, {})).toMatchObject({ seats: 1 });
    await apply(core({ planCode: 'sales.explorer', status: 'canceled', asOf: at(1) }));
    expect(await billing.ask(tenantId, getEntitlements, {})).toMatchObject({
      plans: ['sales.free'],
      seats: 1,
    });
  });

  it('for lines alone limit no seats: the free plan beside them does not count', async () => {
    await apply(core());
    expect(await billing.ask(tenantId, getEntitlements, {})).toMatchObject({ seats: null });
  });

  it('cost a year’s subscriber a month of allowance at a time', async () => {
    await apply(
      core({ planCode: 'sales.professional', interval: 'year', periodStart: at(-40), periodEnd: at(325) }),
    );
    const conversations = await meter('ai_conversations');
    expect(conversations).toMatchObject({ included: 50 });
    expect(new Date(conversations?.periodStart ?? '').getTime()).toBeGreaterThan(at(-12).getTime());
    expect(new Date(conversations?.periodEnd ?? '').getTime()).toBeLessThan(at(32).getTime());
  });

  describe('levels', () => {
    it('are told once each per period, the last when nothing else pays', async () => {
      await apply(core());
      for (const minutes of [100, 30, 20, 14, 1, 14, 1, 5]) await use(minutes);

      await eventually(() => {
        const told = billing.told(tenantId, usageThresholdV1);
        expect(told.map(({ level, used, included }) => [level, used, included])).toEqual([
          ['notice', 130, 150],
          ['soft', 150, 150],
          ['hard', 180, 150],
        ]);
      });
    });

    it('stop hard at 110 % where the plan allows overage, and not before', async () => {
      await apply(core());
      await billing.database.query(
        `UPDATE billing.tenant_books SET opened_at = opened_at WHERE tenant_id = $1`,
        [tenantId],
      );
      const hold = (source: string, quantity: number) =>
        billing.ask(tenantId, takeHold, { source, meter: 'voice_minutes', quantity });
      await hold('test:all', 150 + 15 + 15);
      await expect(hold('test:more', 1)).rejects.toMatchObject({ status: 402, code: 'USAGE_EXCEEDED' });
    });
  });

  describe('standing', () => {
    const states = () =>
      billing
        .told(tenantId, standingChangedV1)
        .filter(({ group }) => group === 'voice')
        .map(({ state }) => state)
        .filter((state, at, all) => state !== all[at - 1]);

    it('goes from good to hard and back, each told with a rising version', async () => {
      await use(15);
      await use(1);
      await topUp('topup-1', 300);

      await eventually(() => expect(states()).toEqual(['ok', 'hard', 'ok']));
      const versions = billing.told(tenantId, standingChangedV1).map(({ version }) => version);
      expect(versions).toEqual([...versions].sort((a, b) => a - b));
      expect(new Set(versions).size).toBe(versions.length);
    });

    it('is grace while a payment is behind', async () => {
      await apply(core());
      await use(400);
      await apply(core({ status: 'past_due', asOf: at(1) }));
      await apply(core({ status: 'active', asOf: at(2) }));

      await eventually(() => expect(states()).toEqual(['ok', 'hard', 'grace', 'hard']));
    });

    it('is no grace for a plan that answers no lines', async () => {
      await apply(core({ planCode: 'sales.growth', status: 'past_due' }));
      await use(15);
      await eventually(() => expect(states()).toEqual(['ok', 'hard']));
    });

    it('is told when grace is over, though nothing else happens', async () => {
      await apply(core({ status: 'past_due', periodStart: at(-40), periodEnd: at(-10) }));
      await use(20);
      await billing.database.query(
        `UPDATE billing.tenant_books SET grace_until = now() - interval '1 second' WHERE tenant_id = $1`,
        [tenantId],
      );
      await billing.get<UpkeepService>(UpkeepService).run();

      await eventually(() => expect(states()).toEqual(['ok', 'grace', 'hard']));
    });

    it('is paused by an administrator, who says why, and resumed', async () => {
      const hold = { source: `test:${newId()}`, meter: 'voice_minutes' as const, quantity: 1 };
      await billing.askAsPlatform(pauseUsage, { id: tenantId, reason: 'Fraud review' });
      await expect(billing.ask(tenantId, takeHold, hold)).rejects.toMatchObject({
        status: 402,
        code: 'USAGE_EXCEEDED',
      });
      await billing.askAsPlatform(resumeUsage, { id: tenantId });
      await billing.ask(tenantId, takeHold, hold);

      await eventually(() => expect(states()).toEqual(['ok', 'paused', 'ok']));
      await expect(
        billing.askAsPlatform(pauseUsage, { id: newId(), reason: 'Nobody' }),
      ).rejects.toMatchObject({ status: 404 });
    });
  });

  it('without any, three prompts a month are free and a conversation is one (C-26)', async () => {
    const conversationId = newId();
    for (let prompt = 0; prompt < 4; prompt++) await billing.deliver(aiUsed(tenantId, { conversationId }));
    await billing.deliver(aiUsed(tenantId, { feature: 'title' }), aiUsed(tenantId, { outputTokens: 0 }));

    expect(await meter('ai_prompts')).toMatchObject({
      included: 3,
      used: 4,
      remaining: -1,
      state: 'hard_limit',
    });
    expect(await meter('ai_conversations')).toMatchObject({ included: null, used: 1, remaining: null });
    await expect(
      billing.ask(tenantId, takeHold, { source: 'ai_job:1', meter: 'ai_prompts', quantity: 1 }),
    ).rejects.toMatchObject({ status: 402, code: 'USAGE_EXCEEDED' });
  });

  it('leave books that are sound', async () => {
    await expect(billing.askAsPlatform(verifyLedger, {})).resolves.toMatchObject({
      sound: true,
      unbalanced: 0,
      wrongWallets: 0,
      wrongGrants: 0,
      wrongHolds: 0,
      gaps: 0,
    });
  });
});
