import { creditsChangedV1, getCredits, newId, verifyLedger } from '@parley/contracts';
import { eventually, type TestDatabase } from '@parley/testing';
import { billingDatabase, callEnded, Replica, tenantCreated } from './running-billing';

const TENANTS = Array.from({ length: 5 }, () => newId());
const CALLS = 8;

describe('use of several tenants stored together', () => {
  let database: TestDatabase;
  let replicas: [Replica, Replica];

  beforeAll(async () => {
    database = await billingDatabase();
    replicas = [await Replica.start(database), await Replica.start(database)];
  });
  afterAll(async () => {
    for (const replica of replicas ?? []) await replica.close();
    await database?.remove();
  });

  it('charges each tenant its own, once, told of each call by itself', async () => {
    const [one, other] = replicas;
    await one.deliver(...TENANTS.map((tenantId) => tenantCreated(tenantId)));
    const before = await balances(one);
    const calls = Array.from({ length: CALLS }, (_, minutes) =>
      TENANTS.map((tenantId) => callEnded(tenantId, { durationSeconds: minutes * 60 + 60 })),
    ).flat();
    // Both replicas, both halves, in opposite orders: batches that meet at the same tenants.
    await Promise.all([one.deliver(...calls, ...calls), other.deliver(...[...calls].reverse())]);

    const used = (CALLS * (CALLS + 1)) / 2;
    expect(await balances(one)).toEqual(before.map((balance) => balance - used));
    const rows = await database.query<{ numbers: string; sharing: string }>(
      `SELECT count(*) AS numbers, count(*) - count(DISTINCT xmin::text) AS sharing
       FROM billing.ledger_transactions WHERE kind = 'usage'`,
    );
    expect(Number(rows[0]?.numbers)).toBe(calls.length);
    expect(Number(rows[0]?.sharing)).toBeGreaterThan(0);
    await expect(one.askAsPlatform(verifyLedger, {})).resolves.toMatchObject({ sound: true, gaps: 0 });

    await eventually(() => {
      const told = replicas
        .flatMap(({ published }) => published)
        .filter(({ meta, payload }) => meta.type === creditsChangedV1.type && callOf(payload) !== null);
      const causes = new Map(told.map(({ meta, payload }) => [callOf(payload), meta]));
      expect(causes.size).toBe(calls.length);
      for (const { meta } of calls) {
        expect(causes.get(meta.subject)).toMatchObject({
          tenantId: meta.tenantId,
          causationId: meta.id,
          correlationId: meta.correlationId,
        });
      }
    });
  });

  const callOf = (payload: unknown): string | null => (payload as { callId: string | null }).callId;

  function balances(replica: Replica): Promise<number[]> {
    return Promise.all(
      TENANTS.map(async (tenantId) => (await replica.ask(tenantId, getCredits, {})).balance),
    );
  }
});
