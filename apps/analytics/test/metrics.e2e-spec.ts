import {
  type CallMetrics,
  getCallMetrics,
  getDailyMetrics,
  getMetricsSummary,
  type MetricsRangeRequest,
  newId,
  type Operation,
  recomputeMetrics,
  type Role,
} from '@parley/contracts';
import { freezeClock, type TestDatabase } from '@parley/testing';
import {
  analyticsDatabase,
  callEnded,
  callEnriched,
  Replica,
  smsReceived,
  tenantCreated,
} from './running-analytics';

const NOVEMBER = { from: '2026-11-18', to: '2026-11-22' };

describe('metrics', () => {
  let database: TestDatabase;
  let analytics: Replica;
  let tenantId: string;
  let clock: ReturnType<typeof freezeClock>;

  beforeAll(async () => {
    database = await analyticsDatabase();
    analytics = await Replica.start(database);
    clock = freezeClock('2026-11-20T15:00:00Z');
  });
  afterAll(async () => {
    clock?.release();
    await analytics?.close();
    await database?.remove();
  });
  beforeEach(async () => {
    tenantId = newId();
    await analytics.deliver(tenantCreated(tenantId));
  });

  const as = (...roles: Role[]) => ({ tenantId, roles });
  const daily = (range = NOVEMBER, role: Role = 'owner') => analytics.ask(as(role), getDailyMetrics, range);
  const busyDays = async (range = NOVEMBER) =>
    (await daily(range)).days
      .filter(({ calls, smsIn }) => calls + smsIn > 0)
      .map(({ date, calls }) => [date, calls]);
  const keyed = (counts: CallMetrics['byStatus']) =>
    Object.fromEntries(counts.filter(({ calls }) => calls > 0).map(({ key, calls }) => [key, calls]));

  /** Four calls and a text message on two days. */
  const aBusyWeek = async (): Promise<void> => {
    const on = (day: string) => `2026-11-${day}T15:00:00.000Z`;
    await analytics.deliver(
      callEnded(tenantId, {
        startedAt: on('19'),
        outcome: 'booked',
        durationSeconds: 133,
        providerCostCents: 21,
      }),
      callEnded(tenantId, {
        startedAt: on('20'),
        outcome: 'transferred',
        aiHandled: false,
        durationSeconds: 61,
        providerCostCents: 4,
      }),
      callEnded(tenantId, {
        startedAt: on('20'),
        status: 'no_answer',
        outcome: null,
        aiHandled: false,
        durationSeconds: 0,
        providerCostCents: null,
      }),
      callEnded(tenantId, {
        startedAt: on('20'),
        direction: 'outbound',
        outcome: 'voicemail',
        durationSeconds: 30,
        providerCostCents: 2,
      }),
      smsReceived(tenantId, on('20')),
    );
  };

  it('fills every day of the range, oldest first', async () => {
    await aBusyWeek();

    const { days, ...range } = await daily();
    expect(range).toEqual({ timezone: 'America/Toronto', ...NOVEMBER });
    expect(days.map(({ date, calls }) => [date, calls])).toEqual([
      ['2026-11-18', 0],
      ['2026-11-19', 1],
      ['2026-11-20', 3],
      ['2026-11-21', 0],
      ['2026-11-22', 0],
    ]);
    expect(days[2]).toEqual({
      date: '2026-11-20',
      calls: 3,
      inbound: 2,
      outbound: 1,
      aiHandled: 1,
      booked: 0,
      missed: 1,
      transferred: 1,
      seconds: 91,
      billedMinutes: 3,
      smsIn: 1,
      providerCostCents: 6,
    });
  });

  it('sums a range into one total', async () => {
    await aBusyWeek();

    await expect(analytics.ask(as('admin'), getMetricsSummary, NOVEMBER)).resolves.toEqual({
      timezone: 'America/Toronto',
      ...NOVEMBER,
      days: 5,
      calls: 4,
      inbound: 3,
      outbound: 1,
      aiHandled: 2,
      booked: 1,
      missed: 1,
      transferred: 1,
      seconds: 224,
      billedMinutes: 6,
      smsIn: 1,
      providerCostCents: 27,
    });
  });

  it('shows the calls of a range from every side', async () => {
    await aBusyWeek();

    const metrics = await analytics.ask(as('owner'), getCallMetrics, NOVEMBER);
    expect(metrics).toMatchObject({
      total: 4,
      totalSeconds: 224,
      averageDurationSeconds: 56,
      aiHandledRate: 0.5,
      bookingRate: 0.25,
      providerCostCents: 27,
    });
    expect(keyed(metrics.byStatus)).toEqual({ completed: 3, no_answer: 1 });
    expect(keyed(metrics.byDirection)).toEqual({ inbound: 3, outbound: 1 });
    expect(keyed(metrics.byOutcome)).toEqual({ booked: 1, transferred: 1, voicemail: 1, unknown: 1 });
  });

  it('has no rates without calls', async () => {
    await expect(analytics.ask(as('owner'), getCallMetrics, {})).resolves.toMatchObject({
      total: 0,
      averageDurationSeconds: 0,
      aiHandledRate: null,
      bookingRate: null,
    });
  });

  it('keeps what providers charge from ordinary users', async () => {
    await aBusyWeek();
    const user = as('user');

    expect(await analytics.ask(user, getCallMetrics, NOVEMBER)).not.toHaveProperty('providerCostCents');
    expect(await analytics.ask(user, getMetricsSummary, NOVEMBER)).not.toHaveProperty('providerCostCents');
    const { days } = await daily(NOVEMBER, 'user');
    for (const day of days) expect(day).not.toHaveProperty('providerCostCents');
  });

  it('covers the last thirty days of the tenant’s own calendar by default', async () => {
    clock.set('2026-11-21T03:00:00Z');
    const { days } = await analytics.ask(as('owner'), getDailyMetrics, {});
    clock.set('2026-11-20T15:00:00Z');

    expect([days.length, days.at(0)?.date, days.at(-1)?.date]).toEqual([30, '2026-10-22', '2026-11-20']);
  });

  it('puts a call on the local day it began: 23:30 in Toronto is not tomorrow', async () => {
    await analytics.deliver(
      callEnded(tenantId, { startedAt: '2026-11-20T04:30:00Z', endedAt: '2026-11-20T05:10:00Z' }),
      callEnded(tenantId, { startedAt: '2026-11-20T05:00:00Z' }),
    );
    await expect(busyDays()).resolves.toEqual([
      ['2026-11-19', 1],
      ['2026-11-20', 1],
    ]);
  });

  it.each([
    ['of 25 hours', '2026-11-01', '2026-11-01T04:00:00Z', '2026-11-02T04:59:59Z', '2026-11-02T05:00:00Z'],
    ['of 23 hours', '2026-03-08', '2026-03-08T05:00:00Z', '2026-03-09T03:59:59Z', '2026-03-09T04:00:00Z'],
  ])('counts a day %s whole', async (_case, date, first, last, next) => {
    const before = new Date(Date.parse(first) - 1).toISOString();
    await analytics.deliver(
      ...[before, first, last, next].map((startedAt) => callEnded(tenantId, { startedAt })),
    );

    const { days } = await daily({ from: date, to: date });
    expect(days).toEqual([expect.objectContaining({ date, calls: 2 })]);
  });

  it('counts again in the right time zone when the tenant is heard of late', async () => {
    tenantId = newId();
    await analytics.deliver(
      callEnded(tenantId, { startedAt: '2026-11-20T04:30:00Z' }),
      smsReceived(tenantId, '2026-11-21T23:30:00Z'),
    );
    await expect(busyDays()).resolves.toEqual([
      ['2026-11-19', 1],
      ['2026-11-21', 0],
    ]);

    await analytics.deliver(tenantCreated(tenantId, 'Europe/Paris'));

    await expect(busyDays()).resolves.toEqual([
      ['2026-11-20', 1],
      ['2026-11-22', 0],
    ]);
    expect((await daily()).timezone).toBe('Europe/Paris');
  });

  it('replaces what was counted by what is known better, even on another day', async () => {
    const callId = newId();
    const first = { callId, startedAt: '2026-11-19T15:00:00Z', outcome: null, durationSeconds: 60 };
    await analytics.deliver(callEnded(tenantId, first));
    await analytics.deliver(
      callEnriched(tenantId, 3, { ...first, startedAt: '2026-11-20T15:00:00Z', outcome: 'booked' }),
    );
    await analytics.deliver(callEnriched(tenantId, 2, { ...first, durationSeconds: 900 }));

    const { days } = await daily();
    expect(days.filter(({ calls }) => calls > 0)).toEqual([
      expect.objectContaining({ date: '2026-11-20', calls: 1, booked: 1, seconds: 60, billedMinutes: 1 }),
    ]);
  });

  it('keeps a time zone that does not exist out, for a person to mend', async () => {
    const other = newId();
    await analytics.deliver(tenantCreated(other, 'Mars/Olympus_Mons'));

    const letters = await database.query<{ reason: string }>(
      'SELECT reason FROM analytics.dead_letters WHERE tenant_id = $1',
      [other],
    );
    expect(letters).toEqual([
      { reason: expect.stringContaining('Mars/Olympus_Mons is no time zone') as string },
    ]);
  });

  it('mends the days asked for and tells how many were wrong', async () => {
    await aBusyWeek();
    await database.query('UPDATE analytics.daily_metrics SET calls = 99, booked = 99 WHERE tenant_id = $1', [
      tenantId,
    ]);

    const recompute = () =>
      analytics.ask(as('admin'), recomputeMetrics, { from: '2026-11-20', to: '2026-11-21' });
    await expect(recompute()).resolves.toMatchObject({ days: 2, corrected: 1 });
    await expect(recompute()).resolves.toMatchObject({ corrected: 0 });
    await expect(busyDays()).resolves.toEqual([
      ['2026-11-19', 99],
      ['2026-11-20', 3],
    ]);
  });

  it.each([
    ['days in the wrong order', { from: '2026-11-20', to: '2026-11-19' }, 'from'],
    ['more than 366 days', { from: '2025-11-19', to: '2026-11-20' }, 'from'],
    ['a day that does not exist', { from: '2026-02-30', to: '2026-03-01' }, 'from'],
    ['an instant', { from: '2026-11-20T00:00:00Z', to: '2026-11-20' }, 'from'],
    ['a day before anything was counted', { from: '1999-12-01', to: '1999-12-31' }, 'to'],
  ])('refuses %s', async (_case, range, field) => {
    const operations: Operation<MetricsRangeRequest, object>[] = [
      getDailyMetrics,
      getMetricsSummary,
      getCallMetrics,
      recomputeMetrics,
    ];
    for (const operation of operations) {
      await expect(analytics.ask(as('owner'), operation, range)).rejects.toMatchObject({
        status: 400,
        code: 'VALIDATION_FAILED',
        details: [expect.objectContaining({ field })],
      });
    }
  });

  describe('once a day is over', () => {
    const tamperWith = (date: string) =>
      database.query('UPDATE analytics.daily_metrics SET calls = 99 WHERE tenant_id = $1 AND date = $2', [
        tenantId,
        date,
      ]);

    it('checks it ten minutes into the next, in the tenant’s time zone', async () => {
      await aBusyWeek();
      await analytics.rollUp('2026-11-20T05:10:00Z');
      await tamperWith('2026-11-20');

      await analytics.rollUp('2026-11-21T05:09:59Z');
      expect((await busyDays()).at(-1)).toEqual(['2026-11-20', 99]);

      await analytics.rollUp('2026-11-21T05:10:00Z');
      expect((await busyDays()).at(-1)).toEqual(['2026-11-20', 3]);
    });

    it('makes up for days it slept through', async () => {
      await aBusyWeek();
      await analytics.rollUp('2026-11-19T12:00:00Z');
      await tamperWith('2026-11-19');
      await tamperWith('2026-11-20');

      await analytics.rollUp('2026-11-25T12:00:00Z');
      await expect(busyDays()).resolves.toEqual([
        ['2026-11-19', 1],
        ['2026-11-20', 3],
      ]);
    });
  });
});
