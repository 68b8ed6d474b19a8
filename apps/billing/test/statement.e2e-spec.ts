import {
  creditsLowV1,
  entitlementsChangedV1,
  getModules,
  getUsageHistory,
  listTransactions,
  newId,
  opsAlertRaisedV1,
  overrideModule,
} from '@parley/contracts';
import { eventually } from '@parley/testing';
import { Subscriptions } from '../src/subscriptions/subscriptions.service';
import { callEnded, tenantCreated, useBilling } from './running-billing';

describe('what a tenant sees of its billing', () => {
  const billing = useBilling();
  let tenantId: string;
  beforeEach(async () => {
    tenantId = newId();
    await billing.deliver(tenantCreated(tenantId));
  });

  const endCall = (endedAt: string, durationSeconds = 59) =>
    billing.deliver(callEnded(tenantId, { endedAt, durationSeconds }));

  it('is a statement of any stretch of time and kind', async () => {
    await endCall('2026-10-01T00:00:00.000Z');
    await endCall('2026-10-02T00:00:00.000Z', 61);
    await endCall('2026-10-03T00:00:00.000Z');
    const stretch = { from: '2026-10-02T00:00:00.000Z', to: '2026-10-03T00:00:00.000Z' };
    const { data } = await billing.ask(tenantId, listTransactions, { type: 'usage', ...stretch });
    expect(data.map(({ amount, balanceAfter }) => [amount, balanceAfter])).toEqual([[-2, 12]]);
    const { data: none } = await billing.ask(tenantId, listTransactions, { type: 'bonus', ...stretch });
    expect(none).toEqual([]);
  });

  it('is its use by day', async () => {
    await endCall('2026-10-01T23:59:59.000Z');
    await endCall('2026-10-02T00:00:00.000Z', 61);
    await endCall('2026-10-02T12:00:00.000Z');
    const { days } = await billing.ask(tenantId, getUsageHistory, { from: '2026-10-01', to: '2026-10-02' });
    expect(days).toEqual([
      { day: '2026-10-01', meter: 'voice_minutes', quantity: 1, sources: 1 },
      { day: '2026-10-02', meter: 'voice_minutes', quantity: 3, sources: 2 },
    ]);
    await expect(
      billing.ask(tenantId, getUsageHistory, { from: '2026-10-03', to: '2026-10-02' }),
    ).rejects.toMatchObject({ status: 400 });
    await expect(
      billing.ask(tenantId, getUsageHistory, { from: '2025-10-01', to: '2026-10-02' }),
    ).rejects.toMatchObject({ status: 400 });
  });

  it('is one notice of low credits until they are refilled', async () => {
    for (let call = 0; call < 13; call++) await endCall('2026-10-01T00:00:00.000Z');
    await eventually(() =>
      expect(billing.told(tenantId, creditsLowV1)).toEqual([{ balance: 4, threshold: 5 }]),
    );
  });

  it('leads to one alert when a plan’s minutes are over for good', async () => {
    const now = Date.now();
    await billing.within(tenantId, () =>
      billing.get<Subscriptions>(Subscriptions).apply({
        tenantId,
        externalId: 'comped',
        source: 'comped',
        planCode: 'voice.core',
        status: 'active',
        interval: 'month',
        periodStart: new Date(now - 86_400_000),
        periodEnd: new Date(now + 86_400_000),
        asOf: new Date(now),
      }),
    );
    await endCall(new Date().toISOString(), 1_000 * 60);
    await endCall(new Date().toISOString(), 60);
    await eventually(() => {
      const alerts = billing.told(tenantId, opsAlertRaisedV1);
      expect(alerts.map(({ kind, severity, message }) => [kind, severity, message])).toEqual([
        ['usage_hard_stop', 'critical', 'User exceeded usage limit'],
      ]);
    });
  });

  describe('modules', () => {
    const override = (fields: { allowed: boolean | null; expiresAt?: string }) =>
      billing.askAsPlatform(overrideModule, { id: tenantId, module: 'podcasts' as const, ...fields });
    const podcasts = async () =>
      (await billing.ask(tenantId, getModules, {})).modules.find(({ module }) => module === 'podcasts');

    it('are opened and closed by hand, and told', async () => {
      const before = await podcasts();
      await override({ allowed: !before?.allowed });
      expect(await podcasts()).toMatchObject({
        allowed: !before?.allowed,
        source: 'override',
        expiresAt: null,
      });
      await override({ allowed: null });
      expect(await podcasts()).toEqual(before);
      await eventually(() => {
        const told = billing.told(tenantId, entitlementsChangedV1);
        expect(told.map(({ modules }) => modules.includes('podcasts'))).toEqual([
          !before?.allowed,
          before?.allowed,
        ]);
        expect(told.map(({ version }) => version)).toEqual([1, 2]);
      });
    });

    it('follow the plan again when their time is over, which is told', async () => {
      const before = await podcasts();
      await override({ allowed: !before?.allowed, expiresAt: new Date(Date.now() + 1_500).toISOString() });
      await eventually(() => expect(billing.told(tenantId, entitlementsChangedV1)).toHaveLength(2), 20_000);
      expect(await podcasts()).toEqual(before);
    });

    it('are opened to tenants that exist, until times to come', async () => {
      const unknown = { id: newId(), module: 'crm' as const, allowed: true };
      await expect(billing.askAsPlatform(overrideModule, unknown)).rejects.toMatchObject({ status: 404 });
      await expect(override({ allowed: true, expiresAt: '2020-01-01T00:00:00.000Z' })).rejects.toMatchObject({
        status: 400,
      });
    });
  });
});
