import {
  extendHold,
  getCredits,
  newId,
  postHold,
  releaseHold,
  standingChangedV1,
  takeHold,
  verifyLedger,
} from '@parley/contracts';
import { eventually, type TestDatabase } from '@parley/testing';
import { CallHoldsJob } from '../src/holds/call-holds.job';
import { UpkeepService } from '../src/books/upkeep.service';
import { billingDatabase, callEnded, callStarted, Replica, tenantCreated } from './running-billing';

describe('holds', () => {
  let database: TestDatabase;
  let billing: Replica;
  let second: Replica;
  let tenantId: string;

  beforeAll(async () => {
    database = await billingDatabase();
    billing = await Replica.start(database, { FREE_CREDITS: '10' });
    second = await Replica.start(database, { FREE_CREDITS: '10' });
  });
  afterAll(async () => {
    await billing?.close();
    await second?.close();
    await database?.remove();
  });
  beforeEach(async () => {
    tenantId = newId();
    await billing.deliver(tenantCreated(tenantId));
  });

  const aSource = () => `practice_session:${newId()}`;
  const take = (source: string, quantity: number, meter: 'practice_minutes' | 'sms' = 'practice_minutes') =>
    billing.ask(tenantId, takeHold, { source, meter, quantity });
  const held = async () => {
    const [row] = await database.query<{ held: string }>(
      `SELECT coalesce(sum(quantity), 0) AS held FROM billing.holds WHERE tenant_id = $1 AND state = 'open'`,
      [tenantId],
    );
    return Number(row?.held);
  };

  it('let exactly ten of 64 calls that start at once promise themselves ten credits', async () => {
    const calls = Array.from({ length: 64 }, () => newId());

    const failures = await Promise.all(
      calls.map((callId, at) => (at % 2 ? billing : second).deliver(callStarted(tenantId, callId))),
    );

    expect(failures.flat().filter(Boolean)).toEqual([]);
    expect(await held()).toBe(10);
    const overdrawn = await database.query(
      'SELECT 1 FROM billing.holds WHERE tenant_id = $1 AND overdrawn AND quantity = 0',
      [tenantId],
    );
    expect(overdrawn).toHaveLength(54);
    await eventually(() => {
      const told = [...billing.published, ...second.published].filter(
        ({ meta }) => meta.tenantId === tenantId && meta.type === 'billing.hold.overdrawn.v1',
      );
      expect(told).toHaveLength(54);
    });
  });

  it('let operations at once take no more than there is', async () => {
    const results = await Promise.allSettled(
      Array.from({ length: 20 }, (_each, at) =>
        (at % 2 ? billing : second).ask(tenantId, takeHold, {
          source: aSource(),
          meter: 'practice_minutes' as const,
          quantity: 3,
        }),
      ),
    );

    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(3);
    for (const result of results) {
      if (result.status === 'rejected')
        expect(result.reason).toMatchObject({ status: 402, code: 'CREDITS_EXHAUSTED' });
    }
  });

  it('are one per source, however often asked for', async () => {
    const source = aSource();
    const first = await take(source, 4);
    expect(await take(source, 4)).toEqual(first);
    expect(await held()).toBe(4);
  });

  it('grow while there is something to grow into', async () => {
    const source = aSource();
    await take(source, 4);
    const extended = await billing.ask(tenantId, extendHold, { source, quantity: 10 });
    expect(extended).toMatchObject({ quantity: 10, state: 'open' });
    await expect(billing.ask(tenantId, extendHold, { source, quantity: 11 })).rejects.toMatchObject({
      status: 402,
      code: 'CREDITS_EXHAUSTED',
    });
    expect(await held()).toBe(10);
  });

  it('charge what was used once, and free the rest', async () => {
    const source = aSource();
    await take(source, 9);
    for (let time = 0; time < 2; time++) {
      const posted = await billing.ask(tenantId, postHold, { source, quantity: 2, seconds: 61 });
      expect(posted.state).toBe('posted');
    }
    expect(await held()).toBe(0);
    await expect(billing.ask(tenantId, getCredits, {})).resolves.toMatchObject({ balance: 8 });
    await expect(billing.ask(tenantId, extendHold, { source, quantity: 9 })).rejects.toMatchObject({
      status: 409,
    });
  });

  it('promise anew, if there is room, what was let go, and nothing under a name that was charged', async () => {
    const [source, other] = [aSource(), aSource()];
    await take(source, 9);
    await billing.ask(tenantId, releaseHold, { source });
    await take(other, 4);
    await expect(take(source, 9)).rejects.toMatchObject({ status: 402, code: 'CREDITS_EXHAUSTED' });
    expect(await take(source, 6)).toMatchObject({ state: 'open', quantity: 6 });
    expect(await held()).toBe(10);

    await billing.ask(tenantId, postHold, { source, quantity: 2 });
    await expect(take(source, 1)).rejects.toMatchObject({ status: 409 });
    expect(await held()).toBe(4);
  });

  it('charge nothing when released', async () => {
    const source = aSource();
    await take(source, 9);
    await billing.ask(tenantId, releaseHold, { source });
    await take(aSource(), 10);
    await expect(billing.ask(tenantId, getCredits, {})).resolves.toMatchObject({ balance: 10 });
  });

  it('end with their call, also when its start is heard of later', async () => {
    const callId = newId();
    const late = newId();
    await billing.deliver(
      callStarted(tenantId, callId),
      callEnded(tenantId, { callId, durationSeconds: 61 }),
    );
    await billing.deliver(
      callEnded(tenantId, { callId: late, durationSeconds: 61 }),
      callStarted(tenantId, late),
    );

    expect(await held()).toBe(0);
    await expect(billing.ask(tenantId, getCredits, {})).resolves.toMatchObject({ balance: 6 });
  });

  describe('of calls', () => {
    const told = () => billing.told(tenantId, standingChangedV1).filter(({ group }) => group === 'voice');
    const ranFor = async (callId: string, minutes: number) => {
      await database.query(
        `UPDATE billing.holds SET created_at = now() - $2 * interval '1 minute' WHERE source_key = $1`,
        [`call:${callId}`, minutes],
      );
      await billing.get<CallHoldsJob>(CallHoldsJob).run();
    };

    it('are told to who let the calls start, with what is left then', async () => {
      const [one, two] = [newId(), newId()];
      await billing.deliver(callStarted(tenantId, one));
      await billing.deliver(callEnded(tenantId, { callId: two, durationSeconds: 61 }));
      await billing.deliver(callStarted(tenantId, two));
      await eventually(() =>
        expect(told().map(({ available, counted, perStart }) => [available, counted, perStart])).toEqual([
          [10, undefined, 1],
          [9, [one], 1],
          [7, undefined, 1],
          [7, [two], 1],
        ]),
      );
    });

    it('grow while they run, so that fewer others may start', async () => {
      const callId = newId();
      await billing.deliver(callStarted(tenantId, callId));
      await ranFor(callId, 3.5);
      expect(await held()).toBe(4);
      await ranFor(callId, 3.5);
      expect(await held()).toBe(4);
      await eventually(() => expect(told().at(-1)).toMatchObject({ state: 'ok', available: 6 }));
      await expect(take(aSource(), 7)).rejects.toMatchObject({ status: 402 });
    });

    it('grow beyond what is left, and nobody else may start until the call is billed and refilled', async () => {
      const callId = newId();
      await billing.deliver(callStarted(tenantId, callId));
      await ranFor(callId, 11.5);
      await eventually(() => expect(told().at(-1)).toMatchObject({ state: 'hard', available: -2 }));
      await billing.deliver(callEnded(tenantId, { callId, durationSeconds: 12 * 60 }));
      expect(await held()).toBe(0);
      await expect(billing.ask(tenantId, getCredits, {})).resolves.toMatchObject({ balance: -2 });
    });

    it('are not taken for callers who were turned away', async () => {
      const turnedAway = callStarted(tenantId, newId());
      await billing.deliver({
        ...turnedAway,
        payload: { ...(turnedAway.payload as object), turnedAway: true },
      });
      expect(await held()).toBe(0);
    });
  });

  it('are let go when nobody ends them in time', async () => {
    const source = aSource();
    await take(source, 9);
    await database.query(`UPDATE billing.holds SET expires_at = now() WHERE source_key = $1`, [source]);

    await billing.get<UpkeepService>(UpkeepService).run();

    expect(await held()).toBe(0);
    const posted = await billing.ask(tenantId, postHold, { source, quantity: 2 });
    expect(posted.state).toBe('expired');
    await expect(billing.ask(tenantId, getCredits, {})).resolves.toMatchObject({ balance: 8 });
  });

  it('are refused for what no plan includes', async () => {
    await expect(take(aSource(), 1, 'sms')).rejects.toMatchObject({ status: 402, code: 'PLAN_REQUIRED' });
  });

  it('of another tenant are not there', async () => {
    const source = aSource();
    await take(source, 1);
    await expect(billing.ask(newId(), releaseHold, { source })).rejects.toMatchObject({ status: 404 });
  });

  it('leave books that are sound', async () => {
    await expect(billing.askAsPlatform(verifyLedger, {})).resolves.toMatchObject({ sound: true });
  });
});
