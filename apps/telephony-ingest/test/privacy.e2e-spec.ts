import { createHash } from 'node:crypto';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join as pathOf, relative } from 'node:path';
import { buffer } from 'node:stream/consumers';
import {
  type EventDefinition,
  type FilePart,
  newId,
  type PrivacyReceiptV1,
  type PrivacyRequestedV1,
  privacyRequestedV1,
  retentionChangedV1,
  runAs,
  systemCaller,
  telephonyPrivacyCompletedV1,
  tenantCreatedV1,
} from '@parley/contracts';
import { FileNotFound, FileStore } from '@parley/files';
import { PrivacyWork, RetentionSchedule } from '@parley/platform';
import { eventually } from '@parley/testing';
import { Client } from 'pg';
import { Intake } from './intake-harness';

const ROWS = 1203;
const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

const PHONE = '+15145550170';

describe('telephony-ingest and privacy', () => {
  let intake: Intake;
  let folder: string;
  const receipts: PrivacyReceiptV1[] = [];

  beforeAll(async () => {
    folder = await mkdtemp(pathOf(tmpdir(), 'parley-telephony-'));
    intake = await Intake.start({ FILES_DIR: folder });
    await intake.transport.observe([telephonyPrivacyCompletedV1.type], ({ payload }) => {
      receipts.push(payload as PrivacyReceiptV1);
    });
  });
  afterAll(async () => {
    await intake?.service.close();
    await intake?.transport.close();
    await intake?.database.remove();
    await rm(folder, { recursive: true, force: true });
  });

  const sql = <Row extends object>(text: string, parameters: unknown[] = []): Promise<Row[]> =>
    intake.database.query<Row>(text, parameters);
  const files = (): FileStore => intake.service.get(FileStore as never);
  const work = (): PrivacyWork => intake.service.get(PrivacyWork);

  async function seed(rows = ROWS, size = 0): Promise<string> {
    const tenantId = newId();
    await sql(
      `INSERT INTO telephony.messages (id, tenant_id, direction, from_number, to_number, body, provider,
         provider_message_id, status)
       SELECT gen_random_uuid(), $1::uuid, 'inbound', $2, '+14185550100', 'message ' || n || repeat('.', $4), 'twilio', $1::uuid || ':' || n,
         'received' FROM generate_series(1, $3::int) AS n`,
      [tenantId, PHONE, rows, size],
    );
    return tenantId;
  }

  const publish = <Payload extends object>(
    event: EventDefinition<Payload>,
    payload: Payload,
    about: { id?: string; tenantId?: string } = {},
  ) =>
    intake.transport.publish([
      {
        meta: {
          id: newId(),
          type: event.type,
          source: event.producer,
          time: new Date().toISOString(),
          subject: newId(),
          correlationId: newId(),
          ...about,
        },
        payload,
      },
    ]);

  const aRequest = (kind: 'export' | 'erasure', tenantId: string): PrivacyRequestedV1 => ({
    requestId: newId(),
    kind,
    scope: 'tenant',
    tenantId,
    wholeTenantIds: [tenantId],
  });

  const receiptOf = (requestId: string): Promise<PrivacyReceiptV1> =>
    eventually(() => {
      const found = receipts.find((receipt) => receipt.requestId === requestId);
      if (!found) throw new Error('no receipt yet');
      return found;
    }, 30_000);
  const receiptsOf = (requestId: string): PrivacyReceiptV1[] =>
    receipts.filter((receipt) => receipt.requestId === requestId);

  const read = async (key: string): Promise<string> => String(await buffer(await files().get(key)));

  /** What the manifest lists, each as it was written. */
  async function partsOf({ manifest, parts }: PrivacyReceiptV1): Promise<FilePart[]> {
    expect(parts).toEqual([]);
    if (!manifest) return [];
    const list = await read(manifest.key);
    expect(sha256(list)).toBe(manifest.sha256);
    const listed = list
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as FilePart);
    expect(listed).toHaveLength(manifest.parts);
    for (const part of listed) expect(sha256(await read(part.key))).toBe(part.sha256);
    return listed;
  }

  const filesIn = async (requestId: string): Promise<string[]> => {
    const found = await readdir(pathOf(folder, 'privacy', requestId), {
      recursive: true,
      withFileTypes: true,
    });
    return found
      .filter((entry) => entry.isFile())
      .map((entry) => relative(folder, pathOf(entry.parentPath, entry.name)));
  };

  const left = async (tenantId: string): Promise<number> => {
    const [row] = await sql<{ n: number }>(
      'SELECT count(*)::int AS n FROM telephony.messages WHERE tenant_id = $1',
      [tenantId],
    );
    return row?.n ?? -1;
  };

  it('exports every row once, though the process fails after writing and before noting it', async () => {
    const tenantId = await seed(ROWS, 10_000);
    const store = files();
    const put = store.put.bind(store);
    let failures = 0;
    const spy = jest.spyOn(store, 'put').mockImplementation(async (key, body, type) => {
      await put(key, body, type);
      if (/-messages-1\.ndjson$/.test(key) && failures++ === 0) throw new Error('died after writing');
    });
    const request = aRequest('export', tenantId);
    await publish(privacyRequestedV1, request);
    const receipt = await receiptOf(request.requestId);
    spy.mockRestore();
    expect(failures).toBe(2);
    expect(receipt.counts).toMatchObject({ messages: ROWS });
    const parts = (await partsOf(receipt)).filter(({ table }) => table === 'messages');
    expect(parts.reduce((sum, { rows }) => sum + rows, 0)).toBe(ROWS);
    expect(parts).toHaveLength(2);
    expect(parts[0]?.bytes).toBeGreaterThan(8 * 1024 * 1024);
    expect(parts[0]?.bytes).toBeLessThan(8 * 1024 * 1024 + 20_000);
    const kept = await sql(
      `SELECT t.parts, t.part_count AS written, (SELECT count(*)::int FROM telephony.privacy_parts) AS listed
       FROM telephony.privacy_tasks t WHERE request_id = $1`,
      [request.requestId],
    );
    expect(kept).toEqual([{ parts: [], written: 2, listed: 0 }]);
    const texts = await Promise.all(parts.map(({ key }) => read(key)));
    const bodies = texts
      .join('')
      .trimEnd()
      .split('\n')
      .map((line) => (JSON.parse(line) as { body: string }).body);
    expect(new Set(bodies).size).toBe(ROWS);
    expect(await left(tenantId)).toBe(ROWS);
  });

  it('asked again while it exports, runs once more behind, and a run beside it harms nothing', async () => {
    const tenantId = await seed(3);
    const store = files();
    const put = store.put.bind(store);
    let open: () => void = () => undefined;
    const gate = new Promise<void>((resolve) => (open = resolve));
    let writes = 0;
    const spy = jest.spyOn(store, 'put').mockImplementation(async (key, body, type) => {
      if (writes++ === 0) await gate;
      return put(key, body, type);
    });
    try {
      const request = aRequest('export', tenantId);
      await publish(privacyRequestedV1, request);
      await eventually(() => expect(writes).toBe(1));
      await publish(privacyRequestedV1, request);
      const queued = await sql(
        `SELECT job_queue_id AS queue, count(*)::int AS jobs FROM telephony_jobs._private_jobs
         WHERE payload #>> '{payload,requestId}' = $1 GROUP BY 1`,
        [request.requestId],
      );
      expect(queued).toEqual([{ queue: expect.any(Number) as number, jobs: 2 }]);

      // As after four hours, when graphile takes the one that runs for dead; the rows are others by then.
      await sql(`UPDATE telephony.messages SET body = 'changed' WHERE tenant_id = $1`, [tenantId]);
      await runAs(systemCaller(newId()), () => work().run(request.requestId));
      const receipt = await receiptOf(request.requestId);
      open();
      await eventually(async () => {
        const jobs = await sql(
          `SELECT 1 FROM telephony_jobs._private_jobs WHERE payload #>> '{payload,requestId}' = $1`,
          [request.requestId],
        );
        expect(jobs).toEqual([]);
      });
      const parts = await partsOf(receipt);
      expect(parts.map(({ table, rows }) => [table, rows])).toEqual([['messages', 3]]);
      const written = [...parts, receipt.manifest].map((file) => file?.key);
      expect((await filesIn(request.requestId)).sort()).toEqual(written.sort());
      expect(receiptsOf(request.requestId)).toHaveLength(1);
    } finally {
      spy.mockRestore();
      open();
    }
  });

  it('erases and counts every row once, though it fails half-way and runs twice at a time', async () => {
    const tenantId = await seed();
    const neighbour = await seed(10);
    await sql('CREATE SEQUENCE telephony.failures');
    await sql(`CREATE FUNCTION telephony.fail() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
      BEGIN
        IF OLD.body = 'message 700' AND nextval('telephony.failures') <= 1 THEN RAISE EXCEPTION 'died half-way'; END IF;
        RETURN OLD;
      END $$`);
    await sql(`CREATE TRIGGER fail BEFORE DELETE ON telephony.messages
      FOR EACH ROW EXECUTE FUNCTION telephony.fail()`);
    const request = aRequest('erasure', tenantId);
    const id = newId();
    await publish(privacyRequestedV1, request, { id });
    await publish(privacyRequestedV1, request, { id });
    await publish(privacyRequestedV1, request);
    const again = (): Promise<unknown> =>
      runAs(systemCaller(newId()), () => work().run(request.requestId)).catch((error: unknown) => error);
    await Promise.all([again(), again()]);
    const receipt = await receiptOf(request.requestId);
    const [failure] = await sql<{ n: number }>('SELECT last_value::int AS n FROM telephony.failures');
    expect(failure?.n).toBeGreaterThan(1);
    await sql('DROP TRIGGER fail ON telephony.messages');
    expect(receipt.counts).toEqual({ messages: ROWS });
    expect([await left(tenantId), await left(neighbour)]).toEqual([0, 10]);
    expect(receiptsOf(request.requestId)).toHaveLength(1);

    await publish(privacyRequestedV1, request);
    await eventually(() => expect(receiptsOf(request.requestId)).toHaveLength(2));
    expect(receiptsOf(request.requestId)[1]).toEqual(receipt);
    await publish(privacyRequestedV1, { ...request, services: ['billing'] });
    expect(receiptsOf(request.requestId)).toHaveLength(2);
  });

  it('waits for what began before the tenant was closed, and finds it', async () => {
    const tenantId = await seed(3);
    const client = new Client({ connectionString: intake.database.ownerUrl });
    await client.connect();
    try {
      await client.query('BEGIN');
      await client.query(
        `INSERT INTO telephony.messages (id, tenant_id, direction, from_number, to_number, body, provider,
           provider_message_id, status)
         VALUES ($1::uuid, $2, 'inbound', $3, '+14185550100', 'on its way', 'twilio', $1::uuid::text, 'received')`,
        [newId(), tenantId, PHONE],
      );
      const request = aRequest('erasure', tenantId);
      await publish(privacyRequestedV1, request);
      await eventually(async () => {
        const [task] = await sql<{ barrier: string | null }>(
          'SELECT barrier::text FROM telephony.privacy_tasks WHERE request_id = $1',
          [request.requestId],
        );
        expect(task?.barrier).toBeTruthy();
      });
      expect(await left(tenantId)).toBe(3);
      await client.query('COMMIT');
      expect((await receiptOf(request.requestId)).counts).toEqual({ messages: 4 });
      expect(await left(tenantId)).toBe(0);
    } finally {
      await client.end();
    }
    const late = { ...tenantCreatedV1.sample, tenantId };
    await publish(tenantCreatedV1, late, { tenantId });
    expect(await sql('SELECT 1 FROM telephony.tenants WHERE id = $1', [tenantId])).toEqual([]);
  });

  it('erases recordings with their files', async () => {
    const tenantId = await seed(1);
    const callId = newId();
    await sql(
      `INSERT INTO telephony.calls (id, tenant_id, provider, provider_call_id, status, direction, from_number, started_at)
       VALUES ($1::uuid, $2, 'vapi', $1::uuid::text, 'completed', 'inbound', $3, now())`,
      [callId, tenantId, PHONE],
    );
    const key = `recordings/${callId}`;
    await files().put(key, Buffer.from('sound'), 'audio/mpeg');
    await sql(
      `INSERT INTO telephony.call_recordings (id, tenant_id, call_id, provider_recording_id, provider_url, storage_key)
       VALUES ($1, $2, $3::uuid, $3::uuid::text, 'https://provider.example/r', $4)`,
      [newId(), tenantId, callId, key],
    );
    const request: PrivacyRequestedV1 = {
      ...aRequest('erasure', tenantId),
      scope: 'customer',
      phone: PHONE,
      wholeTenantIds: [],
    };
    await publish(privacyRequestedV1, request);
    const { counts } = await receiptOf(request.requestId);
    expect(counts).toEqual({ call_recordings: 1, calls: 1, messages: 1 });
    await expect(files().get(key)).rejects.toThrow(FileNotFound);
  });

  it('erases what tells of a customer, and not of one whose number is longer', async () => {
    const tenantId = newId();
    const digits = PHONE.slice(1);
    const erased = [
      `From=%2B${digits}&To=%2B14185550100`,
      `From=anonymous&Body=call+%22${digits}%22`,
      `{"from":"${PHONE}"}`,
      `{"text":"é${digits}"}`,
      String.raw`{"text":"\u00e9${digits}"}`,
    ];
    const kept = [`From=%2B${digits}1&To=%2B14185550100`, `{"from":"${PHONE}9"}`, `{"from":"+4${digits}"}`];
    for (const body of [...erased, ...kept]) {
      await sql(
        `INSERT INTO telephony.journal (id, tenant_id, provider, kind, dedupe_key, path, content_type, headers, body,
           verified_by, status, next_at, received_at)
         VALUES ($1::uuid, $2, 'twilio', 'message', $1::text, '/', '', '{}', convert_to($3, 'UTF8'), 'twilio', 'processed',
           now(), now())`,
        [newId(), tenantId, body],
      );
      await sql(
        `INSERT INTO telephony.dead_letters (id, event_id, tenant_id, handler, type, payload, headers, reason, attempts)
         VALUES ($1, $1, $2, 'h', 'a.b.v1', jsonb_build_object('from', $3::text), '{}', 'r', 1)`,
        [newId(), tenantId, body],
      );
    }
    const request = { ...aRequest('erasure', tenantId), scope: 'customer' as const, phone: PHONE };
    await publish(privacyRequestedV1, { ...request, wholeTenantIds: [] });
    const { counts } = await receiptOf(request.requestId);
    expect(counts).toEqual({ journal: erased.length, dead_letters: 1 });
    const bodies = await sql<{ body: string }>(
      `SELECT convert_from(body, 'UTF8') AS body FROM telephony.journal
       WHERE tenant_id = $1 AND octet_length(body) > 0 ORDER BY id`,
      [tenantId],
    );
    expect(bodies.map(({ body }) => body)).toEqual(kept);
  });

  it('purges what a tenant no longer keeps, with its files, by the newest setting', async () => {
    const tenantId = await seed(7);
    const keeper = await seed(2);
    const old = newId();
    const young = newId();
    for (const [id, age] of [
      [old, 40],
      [young, 10],
    ] as const) {
      await sql(
        `INSERT INTO telephony.calls (id, tenant_id, provider, provider_call_id, status, started_at, completed_at)
         VALUES ($1::uuid, $2, 'vapi', $1::uuid::text, 'completed', now() - $3 * interval '1 day', now() - $3 * interval '1 day')`,
        [id, tenantId, age],
      );
      const key = `recordings/${id}`;
      await files().put(key, Buffer.from('sound'), 'audio/mpeg');
      await sql(
        `INSERT INTO telephony.call_recordings (id, tenant_id, call_id, provider_recording_id, provider_url, storage_key)
         VALUES ($1, $2, $3::uuid, $3::uuid::text, 'https://provider.example/r', $4)`,
        [newId(), tenantId, id, key],
      );
    }
    await sql(
      `UPDATE telephony.messages SET created_at = now() - interval '31 days' WHERE tenant_id = ANY($1)
      AND body <> 'message 1'`,
      [[tenantId, keeper]],
    );
    const days = { callsDays: 30, messagesDays: 30, conversationsDays: null, deliveriesDays: null };
    for (const [key, age] of [
      ['old', 31],
      ['young', 29],
    ] as const)
      await sql(
        `INSERT INTO telephony.journal (id, provider, kind, dedupe_key, path, content_type, headers, body, verified_by,
           status, next_at, received_at)
         VALUES ($1, 'twilio', 'message', $2, '/', '', '{}', 'of a stranger', 'twilio', 'ignored', now(),
           now() - $3 * interval '1 day')`,
        [newId(), key, age],
      );
    await publish(retentionChangedV1, { tenantId, version: 2, ...days }, { tenantId });
    const stale = { ...days, callsDays: 5, messagesDays: 1 };
    await publish(retentionChangedV1, { tenantId, version: 1, ...stale }, { tenantId });

    await runAs(systemCaller(newId()), () => intake.service.get(RetentionSchedule).run());
    expect([await left(tenantId), await left(keeper)]).toEqual([1, 2]);
    const strangers = await sql<{ key: string; size: number }>(
      `SELECT dedupe_key AS key, octet_length(body) AS size FROM telephony.journal WHERE tenant_id IS NULL ORDER BY 1`,
    );
    expect(strangers.map(({ key, size }) => [key, size > 0])).toEqual([
      ['old', false],
      ['young', true],
    ]);
    const calls = await sql<{ id: string }>('SELECT id FROM telephony.calls WHERE tenant_id = $1', [
      tenantId,
    ]);
    expect(calls).toEqual([{ id: young }]);
    await expect(files().get(`recordings/${old}`)).rejects.toThrow(FileNotFound);
    expect(String(await buffer(await files().get(`recordings/${young}`)))).toBe('sound');
  });
});
