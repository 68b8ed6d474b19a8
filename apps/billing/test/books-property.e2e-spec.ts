import { getCredits, newId, releaseHold, takeHold, verifyLedger } from '@parley/contracts';
import type { TestDatabase } from '@parley/testing';
import * as fc from 'fast-check';
import type { GrantKind } from '../src/books/books.state';
import { Grants } from '../src/grants/grants.service';
import { GIFT, Model } from './books-model';
import {
  billingDatabase,
  callEnded,
  callEnriched,
  callStarted,
  Replica,
  tenantCreated,
} from './running-billing';

const CALLS = 4;
const GRANTS = 3;

describe('any history of grants, holds, use and corrections', () => {
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

  const command = fc.oneof(
    fc.record({
      do: fc.constant('grant' as const),
      key: fc.nat(GRANTS - 1),
      kind: fc.constantFrom<GrantKind>('topup', 'credits', 'adjustment'),
    }),
    fc.record({
      do: fc.constant('revoke' as const),
      key: fc.nat(GRANTS - 1),
      refund: fc.nat(1),
      units: fc.integer({ min: 1, max: 30 }),
    }),
    fc.record({ do: fc.constant('start' as const), call: fc.nat(CALLS - 1) }),
    fc.record({
      do: fc.constant('report' as const),
      call: fc.nat(CALLS - 1),
      version: fc.nat(3),
      seconds: fc.nat(900),
    }),
    fc.record({ do: fc.constant('take' as const), hold: fc.nat(2), units: fc.integer({ min: 1, max: 12 }) }),
    fc.record({ do: fc.constant('release' as const), hold: fc.nat(2) }),
  );
  type Command = typeof command extends fc.Arbitrary<infer Each> ? Each : never;

  /** The same key always means the same effect, as it does in the world. */
  const unitsOf = (key: number): number => [7, 20, 33][key] ?? 1;
  const secondsOf = (call: number, version: number): number => ((call + 1) * 131 * (version + 2)) % 900;

  const give = (at: number, tenantId: string, key: number, kind: GrantKind) =>
    replica(at).within(tenantId, () =>
      replica(at)
        .get<Grants>(Grants)
        .give({
          tenantId,
          naturalKey: `grant-${key}`,
          meter: kind === 'topup' ? 'voice_minutes' : 'credits',
          kind,
          quantity: unitsOf(key),
          description: 'given',
          occurredAt: new Date(),
        }),
    );
  const revoke = (at: number, tenantId: string, key: number, refund: number, quantity: number) =>
    replica(at).within(tenantId, () =>
      replica(at)
        .get<Grants>(Grants)
        .revoke({
          tenantId,
          grantKey: `grant-${key}`,
          naturalKey: `refund-${key}-${refund}`,
          quantity,
          description: 'taken back',
          occurredAt: new Date(),
        }),
    );
  const replica = (at: number): Replica => replicas[at % 2] ?? replicas[0];

  const run = async (
    at: number,
    tenantId: string,
    calls: readonly string[],
    each: Command,
  ): Promise<void> => {
    const deliver = async (...events: Parameters<Replica['deliver']>) => {
      expect((await replica(at).deliver(...events)).filter(Boolean)).toEqual([]);
    };
    if (each.do === 'grant') await give(at, tenantId, each.key, each.kind);
    else if (each.do === 'revoke') await revoke(at, tenantId, each.key, each.refund, each.units);
    else if (each.do === 'start') await deliver(callStarted(tenantId, calls[each.call] ?? ''));
    else if (each.do === 'report') {
      const fields = {
        callId: calls[each.call] ?? '',
        durationSeconds: secondsOf(each.call, each.version),
      };
      if (each.version === 0) await deliver(callEnded(tenantId, fields));
      else await deliver(callEnriched(tenantId, each.version, fields));
    } else if (each.do === 'take') {
      const request = { source: `test:${each.hold}`, meter: 'voice_minutes' as const, quantity: each.units };
      await replica(at).ask(tenantId, takeHold, request);
    } else await replica(at).ask(tenantId, releaseHold, { source: `test:${each.hold}` });
  };
  const refusal = async (work: Promise<void>): Promise<string | undefined> =>
    work.then(
      () => undefined,
      (error: { code?: string }) => error.code ?? String(error),
    );

  const balances = async (tenantId: string): Promise<{ total: number; held: number }> => {
    const [row] = await database.query<{ total: string; held: string }>(
      `SELECT coalesce(sum(balance), 0) AS total, coalesce(sum(held), 0) AS held FROM billing.wallets
       WHERE tenant_id = $1 AND meter IN ('voice_minutes', 'credits')`,
      [tenantId],
    );
    return { total: Number(row?.total), held: Number(row?.held) };
  };

  const openHolds = async (tenantId: string): Promise<Map<string, number>> => {
    const rows = await database.query<{ source: string; quantity: string }>(
      `SELECT source_key AS source, quantity FROM billing.holds WHERE tenant_id = $1 AND state = 'open'`,
      [tenantId],
    );
    return new Map(rows.map(({ source, quantity }) => [source, Number(quantity)]));
  };

  it('one after another comes to what sums alone say, at every step', async () => {
    const story = fc.asyncProperty(fc.array(command, { maxLength: 25 }), async (commands) => {
      const tenantId = newId();
      const calls = Array.from({ length: CALLS }, () => newId());
      const model = new Model();
      await replicas[0].deliver(tenantCreated(tenantId));
      for (const [step, each] of commands.entries()) {
        const refused = await refusal(run(step, tenantId, calls, each));
        if (each.do === 'grant') model.grant(String(each.key), unitsOf(each.key));
        else if (each.do === 'revoke') model.revoke(String(each.key), String(each.refund), each.units);
        else if (each.do === 'start') model.start(calls[each.call] ?? '');
        else if (each.do === 'report')
          model.report(calls[each.call] ?? '', each.version, secondsOf(each.call, each.version));
        else if (each.do === 'take')
          expect(refused === undefined).toBe(model.take(`test:${each.hold}`, each.units));
        else model.release(`test:${each.hold}`);
        expect(await balances(tenantId)).toEqual({ total: model.total, held: model.promised });
      }
    });
    await fc.assert(story, { numRuns: 60 });
  });

  /** Given beforehand, since what is not there yet cannot be taken back; the same refund is always of the same size. */
  it('at once, doubled and shuffled, with holds and refunds, comes to the same', async () => {
    const facts = fc
      .array(
        command.map((each) =>
          each.do === 'revoke' ? { ...each, units: 3 + each.key + 9 * each.refund } : each,
        ),
        { maxLength: 16 },
      )
      .chain((commands) =>
        fc.shuffledSubarray([...commands, ...commands], { minLength: commands.length * 2 }),
      );
    const story = fc.asyncProperty(facts, async (commands) => {
      const tenantId = newId();
      const calls = Array.from({ length: CALLS }, () => newId());
      const model = new Model();
      for (const each of commands) {
        if (each.do !== 'revoke') continue;
        await give(0, tenantId, each.key, 'credits');
        model.grant(String(each.key), unitsOf(each.key));
      }
      const outcomes = await Promise.all([
        replicas[0].deliver(tenantCreated(tenantId)).then(() => undefined),
        ...commands.map((each, at) => refusal(run(at, tenantId, calls, each))),
      ]);
      for (const each of commands) {
        if (each.do === 'grant') model.grant(String(each.key), unitsOf(each.key));
        if (each.do === 'revoke') model.revoke(String(each.key), String(each.refund), each.units);
        if (each.do === 'report')
          model.report(calls[each.call] ?? '', each.version, secondsOf(each.call, each.version));
      }
      const { total, held } = await balances(tenantId);
      expect(total).toBe(model.total);
      const open = await openHolds(tenantId);
      expect(held).toBe([...open.values()].reduce((sum, each) => sum + each, 0));
      for (const [at, callId] of calls.entries()) {
        const reported = commands.some((each) => each.do === 'report' && each.call === at);
        if (reported) expect(open.has(`call:${callId}`)).toBe(false);
      }
      // Nothing is refused but for want of units, and nothing released that was never there.
      for (const outcome of outcomes)
        expect([undefined, 'CREDITS_EXHAUSTED', 'NOT_FOUND']).toContain(outcome);
    });
    await fc.assert(story, { numRuns: 40 });
  });

  it('never lets holds taken at once promise more than there is', async () => {
    const wants = fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 8, maxLength: 30 });
    const story = fc.asyncProperty(wants, fc.nat(20), async (quantities, more) => {
      const tenantId = newId();
      await replicas[0].deliver(tenantCreated(tenantId));
      if (more > 0) await give(0, tenantId, 0, 'topup');
      const there = GIFT + (more > 0 ? unitsOf(0) : 0);
      const taken = await Promise.all(
        quantities.map(async (quantity, at) => {
          const request = { source: `test:${at}`, meter: 'voice_minutes' as const, quantity };
          const refused = await refusal(
            replica(at)
              .ask(tenantId, takeHold, request)
              .then(() => undefined),
          );
          return refused ? 0 : quantity;
        }),
      );
      const promised = taken.reduce((sum, each) => sum + each, 0);
      expect(promised).toBeLessThanOrEqual(there);
      expect(await balances(tenantId)).toEqual({ total: there, held: promised });
      // Whoever was refused could not have fitted in: nothing was promised to nobody.
      const smallest = Math.min(...quantities.filter((_quantity, at) => taken[at] === 0), Infinity);
      expect(there - promised).toBeLessThan(smallest);
    });
    await fc.assert(story, { numRuns: 25 });
  });

  it('leaves books that are sound, whoever looks', async () => {
    await expect(replicas[0].askAsPlatform(verifyLedger, {})).resolves.toMatchObject({ sound: true });
    await expect(replicas[1].ask(newId(), getCredits, {})).resolves.toMatchObject({ balance: 0 });
  });
});
