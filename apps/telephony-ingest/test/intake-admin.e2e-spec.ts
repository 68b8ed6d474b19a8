import {
  getJournalEntry,
  listIntegrations,
  listJournal,
  listPhoneNumbers,
  newId,
  replayJournalEntry,
  replayJournalRange,
  runAs,
} from '@parley/contracts';
import { aCaller, eventually } from '@parley/testing';
import { aLine, aSid, Intake, type JournalRow, type Tenant } from './intake-harness';

describe('the journal in the hands of an administrator', () => {
  let intake: Intake;
  let clinic: Tenant;
  const admin = aCaller({ roles: ['super_admin'] });
  const as = <T>(work: () => Promise<T>): Promise<T> => runAs(admin, work);

  beforeAll(async () => {
    intake = await Intake.start();
    clinic = await (await intake.tenant('clinique')).connect();
  });
  afterAll(() => intake?.stop());
  beforeEach(() => intake.database.query('TRUNCATE telephony.journal; TRUNCATE telephony.calls CASCADE'));

  const report = (callSid = aSid('CA')) =>
    clinic.twilio('/v1/webhooks/twilio', {
      CallSid: callSid,
      CallStatus: 'in-progress',
      SequenceNumber: '1',
      Direction: 'inbound',
      From: '+15145550142',
      To: '+14185550199',
    });
  const settled = (...statuses: string[]): Promise<JournalRow[]> =>
    eventually(async () => {
      const rows = await intake.journal();
      expect(rows.map(({ status }) => status)).toEqual(statuses);
      return rows;
    });
  const replay = (id: string, options: { force?: boolean; dryRun?: boolean } = {}) =>
    as(() => intake.rpc.call(replayJournalEntry, { id, ...options }));
  const bury = () => intake.database.query(`UPDATE telephony.journal SET status = 'dead', attempts = 5`);

  it('lists newest first, by filter and page', async () => {
    for (let n = 0; n < 3; n += 1) await report();
    await clinic.vapi({ type: 'hang', call: { id: 'c' }, timestamp: 1 }, { 'x-tenant-id': clinic.slug });
    const list = (request: object) => as(() => intake.rpc.call(listJournal, request));
    const first = await list({ provider: 'twilio', limit: 2, tenantId: clinic.id });
    const second = await list({ provider: 'twilio', limit: 2, cursor: first.nextCursor ?? '' });
    const ids = [...first.data, ...second.data].map(({ id }) => id);
    expect(ids).toEqual(
      (await intake.journal())
        .slice(0, 3)
        .map(({ id }) => id)
        .reverse(),
    );
    expect(second.nextCursor).toBeNull();
    expect((await list({ kind: 'hang' })).data).toHaveLength(1);
    expect((await list({ status: 'dead' })).data).toHaveLength(0);
    await expect(list({ cursor: 'bm8' })).rejects.toMatchObject({ code: 'VALIDATION_FAILED' });
  });

  it('shows an entry without the secrets its body carries', async () => {
    const secrets = { twilioAuthToken: 'FAKE-REDACT-ME', twilioAccountSid: 'AC1' };
    const call = { id: 'c', monitor: { controlUrl: 'https://calls.example.test/FAKE-CONTROL' } };
    await clinic.vapi(
      { type: 'hang', timestamp: 1, call, phoneNumber: secrets, customer: { name: 'Élise' } },
      { 'x-tenant-id': clinic.slug },
    );
    const [row] = await intake.journal();
    const shown = await as(() => intake.rpc.call(getJournalEntry, { id: row?.id ?? '' }));
    expect(JSON.stringify(shown)).not.toMatch(/FAKE/);
    expect(shown.bodyPreview).toContain('Élise');
    expect(row?.body.toString()).toContain('FAKE-REDACT-ME');
    const unknown = as(() => intake.rpc.call(getJournalEntry, { id: newId() }));
    await expect(unknown).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });

  it('replays a dead entry', async () => {
    await report();
    await settled('processed');
    await bury();
    const [row] = await intake.journal();
    await expect(replay(row?.id ?? '')).resolves.toMatchObject({ outcome: 'queued' });
    const [done] = await settled('processed');
    expect(done).toMatchObject({ replay_count: 1, replayed_by: admin.userId });
  });

  it('changes nothing by replaying what was processed, unless forced', async () => {
    await report();
    const [row] = await settled('processed');
    const id = row?.id ?? '';
    await expect(replay(id)).resolves.toMatchObject({ outcome: 'unchanged' });
    expect((await intake.journal())[0]).toMatchObject({ replay_count: 0 });
    await expect(replay(id, { force: true })).resolves.toMatchObject({ outcome: 'queued' });
    await eventually(async () =>
      expect((await intake.journal())[0]).toMatchObject({ status: 'processed', replay_count: 1 }),
    );
    expect(await intake.database.query('SELECT id FROM telephony.calls')).toHaveLength(1);
  });

  it('shows in a dry run what would change, and changes nothing', async () => {
    await report();
    await settled('processed');
    await bury();
    await intake.database.query('TRUNCATE telephony.calls CASCADE');
    const [row] = await intake.journal();
    const preview = await replay(row?.id ?? '', { dryRun: true });
    expect(preview.outcome).toBe('dry-run');
    expect(preview.observations?.[0]).toContain('"status":"in_progress"');
    expect(preview.changes).toContainEqual({ field: 'calls.status', before: null, after: '"in_progress"' });
    expect(await intake.database.query('SELECT id FROM telephony.calls')).toHaveLength(0);
    await settled('dead');
  });

  it('replays a range', async () => {
    for (let n = 0; n < 3; n += 1) await report();
    await settled('processed', 'processed', 'processed');
    await bury();
    const range = {
      from: new Date(Date.now() - 60_000).toISOString(),
      provider: 'twilio' as const,
      limit: 2,
    };
    const result = await as(() => intake.rpc.call(replayJournalRange, range));
    expect(result).toMatchObject({ matched: 2, queued: 2, unchanged: 0 });
    await settled('processed', 'processed', 'dead');
  });

  it('gives an entry that nobody owned to the tenant that has added the number since', async () => {
    await intake.restart({ VAPI_WEBHOOK_SECRET: clinic.webhookSecret });
    const line = aLine();
    const answer = await clinic.vapi({
      type: 'assistant-request',
      timestamp: 1,
      call: { id: 'orphan', type: 'inboundPhoneCall', customer: { number: '+15145550142' } },
      phoneNumber: { number: line },
    });
    expect(JSON.parse(answer.body)).toHaveProperty('error');
    const [orphan] = await settled('ignored');
    expect(orphan).toMatchObject({ tenant_id: null, last_error: 'nobody owns the number' });
    await expect(replay(orphan?.id ?? '')).resolves.toMatchObject({ outcome: 'no-tenant' });
    await clinic.addNumber({ e164: line, provider: 'vapi' });
    await expect(replay(orphan?.id ?? '')).resolves.toMatchObject({ outcome: 'queued' });
    const [owned] = await settled('processed');
    expect(owned?.tenant_id).toBe(clinic.id);
  });

  it('shows tenants their own accounts and numbers only, and refuses a number twice', async () => {
    const garage = await (await intake.tenant('garage')).connect();
    const line = aLine();
    await garage.addNumber({ e164: line, provider: 'twilio' });
    const shown = await garage.as(() => intake.rpc.call(listIntegrations, {}));
    expect(shown.data.map(({ provider }) => provider)).toEqual(['twilio', 'vapi']);
    expect(JSON.stringify(shown)).not.toContain(garage.authToken);
    expect(
      (await garage.as(() => intake.rpc.call(listPhoneNumbers, {}))).data.map(({ e164 }) => e164),
    ).toEqual([line]);
    await expect(clinic.addNumber({ e164: line, provider: 'twilio' })).rejects.toMatchObject({
      code: 'DUPLICATE',
    });
  });
});
