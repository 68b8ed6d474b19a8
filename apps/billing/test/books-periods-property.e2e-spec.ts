import { newId, releaseHold, takeHold, verifyLedger } from '@parley/contracts';
import type { TestDatabase } from '@parley/testing';
import * as fc from 'fast-check';
import { UpkeepService } from '../src/books/upkeep.service';
import { Grants } from '../src/grants/grants.service';
import { Subscriptions } from '../src/subscriptions/subscriptions.service';
import { Model } from './books-model';
import {
  billingDatabase,
  callEnded,
  callEnriched,
  callStarted,
  Replica,
  tenantCreated,
} from './running-billing';

const DAY = 86_400_000;
const CALLS = 5;
const INCLUDED = 150;
/** Bought for all stretches to come. */
const TOPUP = 40;

/** Of a plan that includes minutes and lets calls go beyond, at their own boundaries. */
describe('any history of a subscription', () => {
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
    { weight: 1, arbitrary: fc.constant({ do: 'subscribe' as const }) },
    { weight: 2, arbitrary: fc.constant({ do: 'boundary' as const }) },
    { weight: 1, arbitrary: fc.record({ do: fc.constant('topup' as const), key: fc.nat(2) }) },
    { weight: 2, arbitrary: fc.record({ do: fc.constant('start' as const), call: fc.nat(CALLS - 1) }) },
    {
      weight: 5,
      arbitrary: fc.record({
        do: fc.constant('report' as const),
        call: fc.nat(CALLS - 1),
        version: fc.nat(2),
      }),
    },
    {
      weight: 2,
      arbitrary: fc.record({
        do: fc.constant('take' as const),
        hold: fc.nat(2),
        units: fc.integer({ min: 1, max: 90 }),
      }),
    },
    { weight: 1, arbitrary: fc.record({ do: fc.constant('release' as const), hold: fc.nat(2) }) },
  );
  type Command = typeof command extends fc.Arbitrary<infer Each> ? Each : never;

  /** The same report always says the same; enough of them go far beyond the plan. */
  const secondsOf = (call: number, version: number): number =>
    ((((call + 1) * 37 * (version + 1)) % 95) + 1) * 60;
  const replica = (at: number): Replica => replicas[at % 2] ?? replicas[0];

  const subscribe = (at: number, tenantId: string): Promise<unknown> =>
    replica(at).within(tenantId, () =>
      replica(at)
        .get<Subscriptions>(Subscriptions)
        .apply({
          tenantId,
          externalId: 'sub_1',
          source: 'stripe',
          planCode: 'voice.core',
          status: 'active',
          interval: 'month',
          periodStart: new Date(Date.now() - 10 * DAY),
          periodEnd: new Date(Date.now() + 20 * DAY),
          asOf: new Date(),
        }),
    );
  const topUp = (at: number, tenantId: string, key: number): Promise<void> =>
    replica(at).within(tenantId, () =>
      replica(at)
        .get<Grants>(Grants)
        .give({
          tenantId,
          naturalKey: `topup-${key}`,
          meter: 'voice_minutes',
          kind: 'topup',
          quantity: TOPUP,
          description: 'given',
          occurredAt: new Date(),
        }),
    );
  /** Time passes for this tenant alone. */
  const passBoundary = async (tenantId: string): Promise<void> => {
    const earlier = (column: string): string => `${column} = ${column} - interval '31 days'`;
    for (const [table, columns] of [
      ['usage_periods', ['period_start', 'period_end']],
      ['subscriptions', ['period_start', 'period_end', 'started_at']],
      ['grants', ['expires_at']],
    ] as const) {
      await database.query(
        `UPDATE billing.${table} SET ${columns.map(earlier).join(', ')} WHERE tenant_id = $1`,
        [tenantId],
      );
    }
    await replicas[0].get<UpkeepService>(UpkeepService).run();
  };

  const run = async (
    at: number,
    tenantId: string,
    calls: readonly string[],
    each: Command,
  ): Promise<void> => {
    const callId = 'call' in each ? (calls[each.call] ?? '') : '';
    const deliver = async (...events: Parameters<Replica['deliver']>) => {
      expect((await replica(at).deliver(...events)).filter(Boolean)).toEqual([]);
    };
    if (each.do === 'subscribe') await subscribe(at, tenantId);
    else if (each.do === 'boundary') await passBoundary(tenantId);
    else if (each.do === 'topup') await topUp(at, tenantId, each.key);
    else if (each.do === 'start') await deliver(callStarted(tenantId, callId));
    else if (each.do === 'report') {
      const fields = { callId, durationSeconds: secondsOf(each.call, each.version) };
      if (each.version === 0) await deliver(callEnded(tenantId, fields));
      else await deliver(callEnriched(tenantId, each.version, fields));
    } else if (each.do === 'take') {
      const request = { source: `test:${each.hold}`, meter: 'voice_minutes' as const, quantity: each.units };
      await replica(at).ask(tenantId, takeHold, request);
    } else await replica(at).ask(tenantId, releaseHold, { source: `test:${each.hold}` });
  };

  /** A tenth of allowance and top-ups; it has no price, so credits owe it. */
  const roomOf = async (tenantId: string): Promise<number> => {
    const [row] = await database.query<{ room: string }>(
      `SELECT (included + topup) / 10 AS room FROM billing.usage_periods
       WHERE tenant_id = $1 AND meter = 'voice_minutes' AND closed_at IS NULL AND overage`,
      [tenantId],
    );
    return Number(row?.room ?? 0);
  };

  interface Seen {
    minutes: number;
    credits: number;
    held: number;
    allowed: number;
    lapsed: number;
    forgiven: number;
  }
  const look = async (tenantId: string): Promise<Seen> => {
    const [row] = await database.query<Record<keyof Seen, string>>(
      `SELECT
         (SELECT coalesce(sum(balance), 0) FROM billing.wallets WHERE tenant_id = $1 AND meter = 'voice_minutes') AS minutes,
         (SELECT coalesce(sum(balance), 0) FROM billing.wallets WHERE tenant_id = $1 AND meter = 'credits') AS credits,
         (SELECT coalesce(sum(held), 0) FROM billing.wallets WHERE tenant_id = $1) AS held,
         coalesce(sum(-e.amount) FILTER (WHERE a.code = 'voice_minutes:allowed'), 0) AS allowed,
         coalesce(sum(e.amount) FILTER (WHERE a.code = 'voice_minutes:expired'), 0) AS lapsed,
         coalesce(sum(abs(e.amount)) FILTER (WHERE a.code LIKE '%:overage'), 0) AS forgiven
       FROM billing.ledger_entries e JOIN billing.ledger_accounts a ON a.id = e.account_id WHERE e.tenant_id = $1`,
      [tenantId],
    );
    const numbers = Object.entries(row ?? {}).map(([name, value]) => [name, Number(value)]);
    return Object.fromEntries(numbers) as Seen;
  };

  it('forgives nothing, grants each stretch its allowance once, and promises no more than there is', async () => {
    const story = fc.asyncProperty(fc.array(command, { maxLength: 22 }), async (commands) => {
      const tenantId = newId();
      const calls = Array.from({ length: CALLS }, () => newId());
      const model = new Model();
      let stretches = 0;
      await replicas[0].deliver(tenantCreated(tenantId));
      for (const [step, each] of commands.entries()) {
        if (each.do === 'subscribe' && stretches > 0) continue;
        const before = await look(tenantId);
        const room = await roomOf(tenantId);
        const refused = await run(step, tenantId, calls, each).then(
          () => undefined,
          (error: { code?: string }) => error.code ?? String(error),
        );
        const seen = await look(tenantId);
        if (each.do === 'subscribe' || (each.do === 'boundary' && stretches > 0)) stretches += 1;
        // Minutes of the plan: what there was of them, less what lapsed.
        model.adjust('plan', seen.allowed - seen.lapsed);
        if (each.do === 'topup') model.grant(String(each.key), TOPUP);
        else if (each.do === 'start') model.start(calls[each.call] ?? '', room);
        else if (each.do === 'report')
          model.report(calls[each.call] ?? '', each.version, secondsOf(each.call, each.version));
        else if (each.do === 'take') {
          const takes = model.take(`test:${each.hold}`, each.units, room);
          expect([step, each.do, refused === undefined]).toEqual([step, each.do, takes]);
        } else if (each.do === 'release') model.release(`test:${each.hold}`);

        expect(seen.minutes + seen.credits).toBe(model.total);
        expect(seen.held).toBe(model.promised);
        expect(seen.allowed).toBe(INCLUDED * stretches);
        expect(seen.forgiven).toBe(0);
        expect(seen.minutes).toBeGreaterThanOrEqual(0);
        expect(seen.lapsed).toBeGreaterThanOrEqual(before.lapsed);
      }
    });
    await fc.assert(story, { numRuns: 40 });
  });

  it('leaves books that are sound', async () => {
    await expect(replicas[0].askAsPlatform(verifyLedger, {})).resolves.toMatchObject({ sound: true });
  });
});
