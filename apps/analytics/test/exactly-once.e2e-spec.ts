import {
  CALL_OUTCOMES,
  type CallEndedV1,
  getMetricsSummary,
  newId,
  recomputeMetrics,
} from '@parley/contracts';
import type { TestDatabase } from '@parley/testing';
import * as fc from 'fast-check';
import {
  analyticsDatabase,
  callEnded,
  callEnriched,
  Replica,
  smsReceived,
  tenantCreated,
} from './running-analytics';

const RANGE = { from: '2026-10-15', to: '2026-12-15' };

describe('exactly once', () => {
  let database: TestDatabase;
  let replicas: [Replica, Replica];

  beforeAll(async () => {
    database = await analyticsDatabase();
    replicas = [await Replica.start(database), await Replica.start(database)];
  });
  afterAll(async () => {
    for (const replica of replicas ?? []) await replica.close();
    await database?.remove();
  });

  const summary = (tenantId: string) => replicas[0].ask({ tenantId }, getMetricsSummary, RANGE);
  const rows = (tenantId: string) =>
    database.query<object>(
      `SELECT (to_jsonb(d) - 'updated_at') AS day FROM analytics.daily_metrics d WHERE tenant_id = $1 ORDER BY date`,
      [tenantId],
    );

  it('however often, and under whatever message id', async () => {
    const tenantId = newId();
    const callId = newId();
    const messageId = newId();
    const repeated = [tenantCreated(tenantId), callEnded(tenantId, { callId, durationSeconds: 133 })];
    for (let time = 0; time < 5; time++) {
      await replicas[0].deliver(
        ...repeated,
        callEnded(tenantId, { callId, durationSeconds: 133 }),
        smsReceived(tenantId, '2026-11-20T14:00:00Z', messageId),
      );
    }
    await expect(summary(tenantId)).resolves.toMatchObject({
      calls: 1,
      seconds: 133,
      billedMinutes: 3,
      smsIn: 1,
    });
  });

  it('with two replicas handling the same messages at once', async () => {
    const tenantId = newId();
    const calls = Array.from({ length: 20 }, () => callEnded(tenantId, { durationSeconds: 61 }));
    const messages = [...calls, tenantCreated(tenantId, 'Asia/Tokyo')];

    const results = await Promise.all(
      replicas.flatMap((replica) => [
        replica.deliver(...messages),
        replica.deliver(...[...messages].reverse()),
      ]),
    );

    for (const failure of results.flat()) expect(failure).toBeUndefined();
    await expect(summary(tenantId)).resolves.toMatchObject({ calls: 20, seconds: 1_220, billedMinutes: 40 });
    await expect(replicas[0].ask({ tenantId }, recomputeMetrics, RANGE)).resolves.toMatchObject({
      corrected: 0,
    });
  });

  it('keeps incremental figures equal to recomputed ones, in any order, with any duplicates', async () => {
    const report = fc.record({
      startedAt: fc
        .date({
          min: new Date('2026-10-30T00:00:00Z'),
          max: new Date('2026-11-03T00:00:00Z'),
          noInvalidDate: true,
        })
        .map((date) => date.toISOString()),
      direction: fc.constantFrom('inbound', 'outbound'),
      status: fc.constantFrom('completed', 'no_answer', 'failed'),
      outcome: fc.option(fc.constantFrom(...CALL_OUTCOMES)),
      aiHandled: fc.boolean(),
      durationSeconds: fc.nat(900),
      providerCostCents: fc.option(fc.nat(90)),
    }) as fc.Arbitrary<Partial<CallEndedV1>>;
    const history = fc
      .array(fc.array(report, { minLength: 1, maxLength: 4 }), { minLength: 1, maxLength: 4 })
      .chain((calls) => {
        const deliveries = calls.flatMap((reports, call) =>
          reports.map((_report, version) => ({ call, version })),
        );
        return fc.record({
          calls: fc.constant(calls),
          order: fc.shuffledSubarray([...deliveries, ...deliveries], { minLength: deliveries.length * 2 }),
          timezone: fc.constantFrom('America/Toronto', 'Pacific/Auckland', 'America/St_Johns'),
          tenantAt: fc.nat(deliveries.length * 2),
        });
      });
    const run = fc.asyncProperty(history, async ({ calls, order, timezone, tenantAt }) => {
      const tenantId = newId();
      const ids = calls.map(() => newId());
      const messages = order.map(({ call, version }) => {
        const fields = { ...calls[call]?.[version], callId: ids[call] ?? '' };
        return version === 0 ? callEnded(tenantId, fields) : callEnriched(tenantId, version, fields);
      });
      messages.splice(tenantAt, 0, tenantCreated(tenantId, timezone));
      for (const message of messages) await replicas[0].deliver(message);

      const incremental = await rows(tenantId);
      const latest = calls.map((reports) => reports.at(-1));
      await expect(summary(tenantId)).resolves.toMatchObject({
        calls: calls.length,
        seconds: latest.reduce((sum, call) => sum + (call?.durationSeconds ?? 0), 0),
        booked: latest.filter((call) => call?.outcome === 'booked').length,
      });
      await expect(replicas[0].ask({ tenantId }, recomputeMetrics, RANGE)).resolves.toMatchObject({
        corrected: 0,
      });
      await database.query('DELETE FROM analytics.daily_metrics WHERE tenant_id = $1', [tenantId]);
      await replicas[0].ask({ tenantId }, recomputeMetrics, RANGE);
      expect(await rows(tenantId)).toEqual(incremental);
    });
    await fc.assert(run, { numRuns: 25 });
  });
});
