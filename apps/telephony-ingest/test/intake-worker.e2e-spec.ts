import { InProcessTransport } from '@parley/messaging';
import { startService } from '@parley/platform';
import { eventually } from '@parley/testing';
import { JournalWorker } from '../src/journal/journal-worker';
import { ObservationSink } from '../src/observations';
import { telephonyIngest } from '../src/service';
import { aSid, Intake, type JournalRow, type Tenant } from './intake-harness';

describe('the journal worker', () => {
  let intake: Intake;
  let clinic: Tenant;

  beforeAll(async () => {
    intake = await Intake.start({ ROLE: 'edge' });
    clinic = await (await intake.tenant('clinique')).connect();
  });
  afterAll(() => intake?.stop());
  beforeEach(async () => {
    jest.restoreAllMocks();
    await intake.restart({ ROLE: 'edge' });
    await intake.database.query('TRUNCATE telephony.journal; TRUNCATE telephony.calls CASCADE');
  });

  const report = (callSid = aSid('CA'), status = 'in-progress', sequence = '1') =>
    clinic.twilio('/v1/webhooks/twilio', {
      CallSid: callSid,
      CallStatus: status,
      SequenceNumber: sequence,
      Direction: 'inbound',
      From: '+15145550142',
      To: '+14185550199',
      Timestamp: 'Tue, 03 Mar 2026 15:05:05 +0000',
      ...(status === 'completed' ? { CallDuration: '49', Duration: '1' } : {}),
    });
  const sink = (): ObservationSink => intake.service.get<ObservationSink>(ObservationSink as never);
  const settled = (...statuses: string[]): Promise<JournalRow[]> =>
    eventually(async () => {
      const rows = await intake.journal();
      expect(rows.map(({ status }) => status)).toEqual(statuses);
      return rows;
    });
  const calls = () => intake.database.query<{ status: string }>('SELECT status FROM telephony.calls');

  it('leaves the journal to others when it is only an edge', async () => {
    await report();
    intake.service.get(JournalWorker).kick();
    await settled('received');
  });

  it('takes over what a worker that died had in its hands', async () => {
    await report();
    await intake.database.query(
      `UPDATE telephony.journal SET status = 'processing', attempts = 1, next_at = now() - interval '1 second'`,
    );
    await intake.restart({ ROLE: 'worker' });
    const [row] = await settled('processed');
    expect(row?.attempts).toBe(2);
    expect(await calls()).toEqual([{ status: 'in_progress' }]);
  });

  it('leaves alone what another worker has in its hands', async () => {
    await report();
    await intake.database.query(
      `UPDATE telephony.journal SET status = 'processing', attempts = 1, next_at = now() + interval '1 minute'`,
    );
    await intake.restart({ ROLE: 'all' });
    await report();
    await settled('processing', 'processed');
  });

  it('undoes everything of an entry that failed half-way, and tries again', async () => {
    await report();
    await intake.database.query(`UPDATE telephony.journal SET next_at = now() + interval '1 hour'`);
    await intake.restart({ ROLE: 'worker' });
    const real = sink().apply.bind(sink());
    jest.spyOn(sink(), 'apply').mockImplementationOnce(async (observations, event) => {
      await real(observations, event);
      throw new Error('the disk is full');
    });
    await intake.database.query('UPDATE telephony.journal SET next_at = now()');
    const [failed] = await eventually(async () => {
      const rows = await intake.journal();
      expect(rows[0]?.last_error).toBe('Error: the disk is full');
      return rows;
    });
    expect(failed).toMatchObject({ status: 'received', attempts: 1 });
    expect(await calls()).toEqual([]);
    await settled('processed');
    expect(await calls()).toEqual([{ status: 'in_progress' }]);
  });

  it('gives up with the reason after the last attempt, without holding back the rest', async () => {
    const [poison, other] = [aSid('CA'), aSid('CA')];
    await report(poison);
    await intake.database.query('UPDATE telephony.journal SET attempts = 4');
    await report(other);
    await intake.database.query(`UPDATE telephony.journal SET next_at = now() + interval '1 hour'`);
    await intake.restart({ ROLE: 'worker' });
    const real = sink().apply.bind(sink());
    jest.spyOn(sink(), 'apply').mockImplementation(async (observations, event) => {
      if (event.body.includes(poison)) throw new Error('cannot be understood');
      return real(observations, event);
    });
    await intake.database.query('UPDATE telephony.journal SET next_at = now()');
    const [dead] = await settled('dead', 'processed');
    expect(dead).toMatchObject({ attempts: 5, last_error: 'Error: cannot be understood' });
  });

  it('gives up an entry that brings its workers down', async () => {
    await report();
    await intake.database.query('UPDATE telephony.journal SET attempts = 5');
    await intake.restart({ ROLE: 'worker' });
    const [dead] = await settled('dead');
    expect(dead?.last_error).toBe('workers die of it');
  });

  it('lets several workers share the work without doing any of it twice', async () => {
    const sids = Array.from({ length: 40 }, () => aSid('CA'));
    const events = sids.flatMap((sid) =>
      ['ringing', 'in-progress', 'completed'].map((status, n) => [sid, status, `${n}`]),
    );
    await Promise.all(events.reverse().map(([sid, status, sequence]) => report(sid, status, sequence)));
    const transport = new InProcessTransport();
    await intake.restart({ ROLE: 'worker' });
    const second = await startService(telephonyIngest, {
      env: { ...intake.environment, ROLE: 'worker' },
      transport,
      quiet: true,
    });
    await settled(...events.map(() => 'processed'));
    await second.close();
    const [facts] = await intake.database.query<{ calls: number; events: number }>(
      `SELECT (SELECT count(*)::int FROM telephony.calls WHERE status = 'completed') AS calls,
              (SELECT count(*)::int FROM telephony.call_events) AS events`,
    );
    expect(facts).toEqual({ calls: 40, events: 120 });
  });
});

describe('the limit per tenant', () => {
  let intake: Intake;
  let clinic: Tenant;

  beforeAll(async () => {
    intake = await Intake.start({ WEBHOOK_LIMIT_PER_MINUTE: '2' });
    clinic = await (await intake.tenant('clinique')).connect();
  });
  afterAll(() => intake?.stop());

  it('counts what is verified, keeps what is over as deferred, and never defers who is on the line', async () => {
    const report = (callSid: string, headers = {}) =>
      clinic.twilio(
        '/v1/webhooks/twilio',
        { CallSid: callSid, CallStatus: 'ringing', SequenceNumber: '1' },
        headers,
      );
    for (let forged = 0; forged < 5; forged += 1)
      await report(aSid('CA'), { 'x-twilio-signature': 'forged' });
    const over = aSid('CA');
    const statuses = [await report(aSid('CA')), await report(aSid('CA')), await report(over)];
    expect(statuses.map(({ status }) => status)).toEqual([200, 200, 429]);
    const retryAfter = Number(statuses[2]?.headers.get('retry-after'));
    expect(retryAfter).toBeGreaterThan(0);
    expect(retryAfter).toBeLessThanOrEqual(60);
    await expect(report(over)).resolves.toMatchObject({ status: 200 });
    const ring = { CallSid: aSid('CA'), CallStatus: 'ringing' };
    await expect(clinic.twilio('/v1/webhooks/twilio/voice', ring)).resolves.toMatchObject({ status: 200 });
    const deferred = (await intake.journal()).filter(({ status }) => status === 'deferred');
    expect(deferred.map(({ dedupe_key: key }) => key)).toEqual([`call-status|${over}|ringing|1`]);

    await intake.database.query(`UPDATE telephony.journal SET next_at = now() WHERE status = 'deferred'`);
    await eventually(async () => {
      const rows = await intake.journal();
      expect(new Set(rows.map(({ status }) => status))).toEqual(new Set(['processed']));
    });
  });
});
