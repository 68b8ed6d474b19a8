import { billedMinutes, getCredits, listTransactions, newId, verifyLedger } from '@parley/contracts';
import type { TestDatabase } from '@parley/testing';
import * as fc from 'fast-check';
import { billingDatabase, callEnded, callEnriched, Replica, tenantCreated } from './running-billing';

describe('exactly once', () => {
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

  const balance = async (tenantId: string) => (await replicas[0].ask(tenantId, getCredits, {})).balance;
  const posted = async (tenantId: string) =>
    (await replicas[0].ask(tenantId, listTransactions, { limit: 200 })).data;

  it('however often each message is delivered', async () => {
    const tenantId = newId();
    const messages = [tenantCreated(tenantId), callEnded(tenantId, { durationSeconds: 133 })];

    for (let time = 0; time < 5; time++) await replicas[0].deliver(...messages);

    expect(await balance(tenantId)).toBe(12);
    expect(await posted(tenantId)).toHaveLength(2);
  });

  it('though the same fact comes under new message ids', async () => {
    const tenantId = newId();
    const callId = newId();
    for (let time = 0; time < 5; time++) {
      await replicas[0].deliver(
        tenantCreated(tenantId),
        callEnded(tenantId, { callId, durationSeconds: 133 }),
      );
    }

    expect(await balance(tenantId)).toBe(12);
    expect(await posted(tenantId)).toHaveLength(2);
  });

  it('with two replicas handling the same messages at once', async () => {
    const tenantId = newId();
    const calls = Array.from({ length: 20 }, () => callEnded(tenantId, { durationSeconds: 61 }));
    const messages = [tenantCreated(tenantId), ...calls];

    const results = await Promise.all(
      replicas.flatMap((replica) => [
        replica.deliver(...messages),
        replica.deliver(...[...messages].reverse()),
      ]),
    );

    for (const failure of results.flat()) expect(failure).toBeUndefined();
    expect(await balance(tenantId)).toBe(15 - 40);
    expect(await posted(tenantId)).toHaveLength(21);
  });

  it('ends the same when calls overtake the news of their tenant', async () => {
    const tenantId = newId();
    await replicas[0].deliver(callEnded(tenantId, { durationSeconds: 133 }));
    expect(await balance(tenantId)).toBe(-3);

    await replicas[0].deliver(tenantCreated(tenantId));

    expect(await balance(tenantId)).toBe(12);
    const early = replicas[0].published.filter(
      ({ meta }) => meta.tenantId === tenantId && meta.type === 'billing.credits.low.v1',
    );
    expect(early).toEqual([]);
  });

  it('ends the same in any order, with any duplicates', async () => {
    const calls = fc.array(fc.array(fc.nat(900), { minLength: 1, maxLength: 4 }), {
      minLength: 1,
      maxLength: 4,
    });
    const history = calls.chain((durations) => {
      const messages = durations.flatMap((reports, call) =>
        reports.map((_seconds, report) => ({ call, report })),
      );
      const twice = [...messages, ...messages];
      return fc.record({
        durations: fc.constant(durations),
        order: fc.shuffledSubarray(twice, { minLength: twice.length }),
        tenantAt: fc.nat(twice.length),
      });
    });
    const run = fc.asyncProperty(history, async ({ durations, order, tenantAt }) => {
      const tenantId = newId();
      const ids = durations.map(() => newId());
      const messageOf = (call: number, report: number) => {
        const fields = { callId: ids[call] ?? '', durationSeconds: durations[call]?.[report] ?? 0 };
        return report === 0 ? callEnded(tenantId, fields) : callEnriched(tenantId, report, fields);
      };
      const messages = order.map(({ call, report }) => messageOf(call, report));
      messages.splice(tenantAt, 0, tenantCreated(tenantId));
      for (const message of messages) await replicas[0].deliver(message);

      const used = durations.reduce((sum, reports) => sum + billedMinutes(reports.at(-1) ?? 0), 0);
      expect(await balance(tenantId)).toBe(15 - used);
    });
    await fc.assert(run, { numRuns: 25 });
  });

  it('and leaves books that are sound', async () => {
    await expect(replicas[0].askAsPlatform(verifyLedger, {})).resolves.toMatchObject({
      sound: true,
      unbalanced: 0,
      wrongWallets: 0,
      discrepancies: [],
    });
  });
});
