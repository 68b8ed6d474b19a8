import {
  callBillingFacts,
  callEndedV1,
  type FindingKind,
  getUsage,
  listReconciliations,
  newId,
  type ReconciliationItem,
  type ReconciliationRunDetail,
  startReconciliation,
  verifyLedger,
} from '@parley/contracts';
import { Client } from 'pg';
import { aCallEnded, eventually, type TestDatabase } from '@parley/testing';
import { ReconciliationDesk } from './support/reconciliation-desk';
import { seedCalls, type SeededCall } from './support/seeded-calls';

describe('reconciliation', () => {
  let desk: ReconciliationDesk;
  let database: TestDatabase;

  beforeAll(async () => {
    desk = await ReconciliationDesk.start({ RECONCILIATION_STATEMENT_SECONDS: '1' });
    ({ database } = desk);
  });
  afterAll(() => desk?.close());

  const begin = () => desk.begin();
  const detail: ReconciliationDesk['detail'] = (id, query) => desk.detail(id, query);
  const reconcile = () => desk.reconcile();

  async function aTenantWithCalls(count: number): Promise<{ tenantId: string; calls: SeededCall[] }> {
    const tenantId = await desk.aTenant();
    const calls = await seedCalls(database, tenantId, count);
    for (const call of calls) await tell(tenantId, call);
    return { tenantId, calls };
  }
  async function tell(tenantId: string, { id, durationSeconds, endedAt }: SeededCall): Promise<void> {
    const ended = aCallEnded({ callId: id, durationSeconds, endedAt });
    await desk.tell(callEndedV1, tenantId, id, ended);
  }
  /** Usage records and their periods are looked at once they are older than what may be on its way. */
  const age = () =>
    database.query(`UPDATE billing.usage_records SET updated_at = now() - interval '1 hour'
      WHERE updated_at > now() - interval '30 minutes'`);
  const items = ({ items: all }: ReconciliationRunDetail, kind: FindingKind): ReconciliationItem[] =>
    all.filter((item) => item.kind === kind);
  const consumed = async (tenantId: string): Promise<number> => {
    const [row] = await database.query<{ units: string }>(
      `SELECT coalesce(sum(e.amount), 0) AS units FROM billing.ledger_entries e
       JOIN billing.ledger_accounts a ON a.id = e.account_id AND a.code LIKE '%:consumed' WHERE e.tenant_id = $1`,
      [tenantId],
    );
    return Number(row?.units);
  };
  const minutesOf = (calls: readonly SeededCall[]) => calls.reduce((sum, { minutes }) => sum + minutes, 0);
  const used = async (tenantId: string) => {
    const usage = await desk.ask(tenantId, getUsage, {});
    return usage.meters.find(({ meter }) => meter === 'voice_minutes')?.used;
  };

  it('finds nothing where everything agrees, and says how much it looked at', async () => {
    await aTenantWithCalls(20);
    await age();
    const { run, items: found } = await reconcile();
    expect(found).toEqual([]);
    expect(run).toMatchObject({ findings: 0, repaired: 0, phase: null, error: null, thresholdPct: 5 });
    expect(run.callsChecked).toBeGreaterThanOrEqual(20);
    expect(run.recordsChecked).toBeGreaterThanOrEqual(20);
    expect(run.periodsChecked).toBeGreaterThanOrEqual(1);
    expect(run.tenantsChecked).toBeGreaterThanOrEqual(1);
  });

  it('charges calls whose end was never heard of, once', async () => {
    const { tenantId, calls } = await aTenantWithCalls(3);
    const lost = await seedCalls(database, tenantId, 4);
    const found = items(await reconcile(), 'usage_missing');
    expect(found.map(({ subject, found: before, expected }) => [subject, before, expected]).sort()).toEqual(
      lost.map(({ id, minutes }) => [`call:${id}`, 0, minutes]).sort(),
    );
    expect(found.every(({ outcome, flagged }) => outcome === 'repaired' && flagged)).toBe(true);
    const repairs = lost.map(() => ({ action: 'books.repaired', tenantId }));
    await eventually(() => expect(desk.acts.filter((act) => act.tenantId === tenantId)).toEqual(repairs));
    expect(await consumed(tenantId)).toBe(minutesOf([...calls, ...lost]));
    // The lost messages come after all.
    for (const call of lost) await tell(tenantId, call);
    expect(await consumed(tenantId)).toBe(minutesOf([...calls, ...lost]));
    expect(await used(tenantId)).toBe(minutesOf([...calls, ...lost]));
    await age();
    expect((await reconcile()).items).toEqual([]);
  });

  it('puts right what was charged otherwise than it lasted: record, ledger and period', async () => {
    const { tenantId, calls } = await aTenantWithCalls(5);
    const [longer, shorter, record] = calls;
    // Two enrichments never came; one record was changed by hand.
    await database.query(
      `UPDATE telephony.calls SET duration_seconds = 600, billed_minutes = 10, version = version + 1 WHERE id = $1`,
      [longer?.id],
    );
    await database.query(
      `UPDATE telephony.calls SET duration_seconds = 0, billed_minutes = 0, version = version + 1 WHERE id = $1`,
      [shorter?.id],
    );
    await database.query('UPDATE billing.usage_records SET quantity = quantity + 7 WHERE source_id = $1', [
      record?.id,
    ]);
    await age();
    const found = items(await reconcile(), 'usage_wrong');
    expect(found.map(({ subject, expected }) => [subject, expected]).sort()).toEqual(
      [
        [`call:${longer?.id}`, 10],
        [`call:${shorter?.id}`, 0],
        [`call:${record?.id}`, record?.minutes],
      ].sort(),
    );
    const right = minutesOf(calls) - (longer?.minutes ?? 0) - (shorter?.minutes ?? 0) + 10;
    expect(await consumed(tenantId)).toBe(right);
    expect(await used(tenantId)).toBe(right);
    await age();
    expect((await reconcile()).items).toEqual([]);
  });

  it('counts periods anew whose use is not the sum of its records, also closed ones', async () => {
    const { tenantId, calls } = await aTenantWithCalls(4);
    const closed = newId();
    await database.query(
      `INSERT INTO billing.usage_periods (id, tenant_id, meter, period_start, period_end, included, used, notice_pct,
         soft_pct, hard_pct, overage, told, closed_at)
       VALUES ($1, $2, 'sms', now() - interval '20 days', now() - interval '10 days', 250, 40, 80, 100, 100, false,
         'under_limit', now() - interval '10 days')`,
      [closed, tenantId],
    );
    await database.query(
      `UPDATE billing.usage_periods SET used = used + 100 WHERE tenant_id = $1 AND meter = 'voice_minutes'`,
      [tenantId],
    );
    await age();
    const found = items(await reconcile(), 'aggregate_wrong');
    const right = minutesOf(calls);
    expect(
      found.map(({ meter, found: was, expected, delta }) => [meter, was, expected, delta]).sort(),
    ).toEqual([
      ['sms', 40, 0, 40],
      ['voice_minutes', right + 100, right, 100],
    ]);
    expect(await used(tenantId)).toBe(right);
    expect((await reconcile()).items).toEqual([]);
  });

  it('only tells what a person has to look at: once however many nights find it', async () => {
    const { tenantId } = await aTenantWithCalls(1);
    const ghost = newId();
    await tell(tenantId, { id: ghost, durationSeconds: 61, endedAt: new Date().toISOString(), minutes: 2 });
    await database.query(
      `INSERT INTO billing.usage_records (id, tenant_id, source_type, source_id, source_version, meter, quantity,
         occurred_at) VALUES ($1, $2, 'sms', $3, 0, 'sms', 3, now())`,
      [newId(), tenantId, newId()],
    );
    await database.query(
      `UPDATE billing.wallets SET balance = balance + 1000 WHERE tenant_id = $1 AND meter = 'credits'`,
      [tenantId],
    );
    await age();
    const first = await reconcile();
    expect(first.items.map(({ kind, outcome }) => [kind, outcome]).sort()).toEqual([
      ['books_unsound', 'alerted'],
      ['ledger_mismatch', 'alerted'],
      ['usage_without_call', 'alerted'],
    ]);
    const second = await reconcile();
    expect(second.items).toHaveLength(3);
    const keys = () =>
      desk.alerts.filter(({ severity }) => severity === 'critical').map(({ dedupeKey }) => dedupeKey);
    await eventually(() => expect(keys().length).toBeGreaterThanOrEqual(6));
    expect(new Set(keys()).size).toBe(3);
    await database.query(
      `UPDATE billing.wallets SET balance = balance - 1000 WHERE tenant_id = $1 AND meter = 'credits'`,
      [tenantId],
    );
    await database.query(`DELETE FROM billing.usage_records WHERE tenant_id = $1 AND source_type = 'sms'`, [
      tenantId,
    ]);
    await seedCalls(database, tenantId, 1, { id: ghost, durationSeconds: 61, minutes: 2 });
  });

  it('raises one alert per finding', async () => {
    const { tenantId } = await aTenantWithCalls(1);
    const before = desk.alerts.length;
    await seedCalls(database, tenantId, 3);
    const { run, items: found } = await reconcile();
    expect(found).toHaveLength(3);
    await eventually(() => expect(desk.alerts).toHaveLength(before + 3));
    const { items: flagged } = await detail(run.id, { flagged: true });
    expect(flagged).toHaveLength(3);
    expect((await detail(run.id, { flagged: false })).items).toEqual([]);
    const page = await detail(run.id, { limit: 2 });
    const rest = await detail(run.id, { limit: 2, cursor: page.nextCursor ?? '' });
    expect([...page.items, ...rest.items].map(({ id }) => id)).toEqual(found.map(({ id }) => id));
  });

  it('leaves alone what may still be on its way', async () => {
    const { tenantId } = await aTenantWithCalls(1);
    const [fresh] = await seedCalls(database, tenantId, 1, { announcedMinutesAgo: 1 });
    expect((await reconcile()).items).toEqual([]);
    await tell(tenantId, fresh as SeededCall);
  });

  it('runs one at a time', async () => {
    const begun = await Promise.allSettled([begin(), begin(), begin()]);
    const started = begun.flatMap((each) => (each.status === 'fulfilled' ? [each.value.runId] : []));
    expect(started).toHaveLength(1);
    for (const each of begun)
      if (each.status === 'rejected') expect(each.reason).toMatchObject({ status: 409 });
    await eventually(async () => expect((await detail(started[0] ?? '')).run.status).toBe('done'), 30_000);
    const { data } = await desk.askAsPlatform(listReconciliations, { limit: 1 });
    expect(data[0]).toMatchObject({ id: started[0], trigger: 'manual' });
  });

  it('goes on where it was when telephony was away for a while', async () => {
    const { tenantId } = await aTenantWithCalls(1);
    await seedCalls(database, tenantId, 15);
    const { transport } = desk;
    const real = transport.request.bind(transport);
    let asked = 0;
    transport.request = async (request) => {
      if (request.operation === callBillingFacts.name && (asked += 1) === 3) throw new Error('cut off');
      return real(request);
    };
    try {
      const { run, items: found } = await reconcile();
      expect(asked).toBeGreaterThan(3);
      expect(found.filter((item) => item.tenantId === tenantId)).toHaveLength(15);
      const [counted] = await database.query<{ calls: number }>(
        "SELECT count(*)::int AS calls FROM telephony.calls WHERE ended_announced_at < now() - interval '15 minutes'",
      );
      expect(run.callsChecked).toBe(counted?.calls);
    } finally {
      transport.request = real;
    }
  });

  it('that cannot be finished is given up, which is told, and keeps no other from running', async () => {
    const { transport } = desk;
    const real = transport.request.bind(transport);
    transport.request = async (request) => {
      if (request.operation === callBillingFacts.name) throw new Error('away');
      return real(request);
    };
    const { runId } = await begin();
    try {
      await eventually(async () => expect((await detail(runId)).run.error).toBe('Error'));
      // As if all the tries but one were over.
      await eventually(async () => {
        const waiting = await database.query(
          `UPDATE billing_jobs._private_jobs SET attempts = max_attempts - 1, run_at = now()
           WHERE locked_at IS NULL AND payload::text LIKE '%' || $1 || '%' RETURNING id`,
          [runId],
        );
        expect(waiting).toHaveLength(1);
      });
      await eventually(async () => expect((await detail(runId)).run.status).toBe('failed'), 20_000);
    } finally {
      transport.request = real;
    }
    await eventually(() =>
      expect(desk.alerts.map(({ dedupeKey }) => dedupeKey)).toContain(`reconciliation:failed:${runId}`),
    );
    expect((await reconcile()).run.status).toBe('done');
  });

  it('takes no call that was deleted for one that never was', async () => {
    const { tenantId } = await aTenantWithCalls(3);
    await database.query('DELETE FROM telephony.calls WHERE tenant_id = $1', [tenantId]);
    await age();
    expect((await reconcile()).items).toEqual([]);
  });

  it('goes on when the books of one tenant cannot be examined in time', async () => {
    const { tenantId } = await aTenantWithCalls(1);
    await age();
    const locker = new Client({ connectionString: database.ownerUrl });
    await locker.connect();
    await locker.query('BEGIN; LOCK TABLE billing.grant_burns IN ACCESS EXCLUSIVE MODE');
    const { items: found } = await reconcile();
    await locker.end();
    const own = found.filter((item) => item.tenantId === tenantId);
    expect(own.map(({ kind, outcome }) => [kind, outcome])).toEqual([['books_unexamined', 'alerted']]);
    expect((await reconcile()).items).toEqual([]);
  });

  it('is for super admins', async () => {
    await expect(desk.ask(newId(), startReconciliation, {})).rejects.toMatchObject({
      status: 403,
    });
    await expect(detail(newId())).rejects.toMatchObject({ status: 404 });
  });

  it('leaves books that are sound', async () => {
    await expect(desk.askAsPlatform(verifyLedger, {})).resolves.toMatchObject({ sound: true });
  });
});
