import { newId, type StandingChangedV1, standingChangedV1, callStartedV1 } from '@parley/contracts';
import { InProcessTransport } from '@parley/messaging';
import { type RunningService, startService } from '@parley/platform';
import { eventually } from '@parley/testing';
import { telephonyIngest } from '../src/service';
import { aLine, aSid, Intake, Tenant } from './intake-harness';

describe('calls that start on what billing told is left', () => {
  let intake: Intake;
  let beside: RunningService;
  let clinic: Tenant;
  let line: string;
  let vapiLine: string;
  const started: { callId: string; providerCallId: string; turnedAway?: boolean }[] = [];

  beforeAll(async () => {
    intake = await Intake.start();
    beside = await startService(telephonyIngest, {
      env: { ...intake.environment, ROLE: 'edge' },
      transport: new InProcessTransport(),
      quiet: true,
    });
    await intake.transport.observe([callStartedV1.type], ({ payload }) => {
      started.push(payload as (typeof started)[number]);
    });
  });
  afterAll(async () => {
    await intake?.giveDatabaseBack();
    await beside?.close();
    await intake?.stop();
  });
  beforeEach(async () => {
    [line, vapiLine] = [aLine(), aLine()];
    clinic = await (await intake.tenant(`clinic-${newId()}`, { locale: 'en', name: 'Clinic' })).connect();
    await clinic.addNumber({ e164: line, provider: 'twilio' });
    await clinic.addNumber({ e164: vapiLine, provider: 'vapi', assistantId: newId() });
  });

  const tell = async (version: number, available: number, told: Partial<StandingChangedV1> = {}) => {
    const meta = {
      id: newId(),
      source: 'billing' as const,
      type: standingChangedV1.type,
      time: new Date().toISOString(),
      subject: clinic.id,
      tenantId: clinic.id,
      correlationId: newId(),
    };
    const state = available > 0 ? 'ok' : 'hard';
    const payload = { group: 'voice', state, available, version, perStart: 1, ...told };
    expect(await intake.transport.publish([{ meta, payload }])).toEqual([undefined]);
  };
  const ask = async (id: string = newId()): Promise<boolean> => {
    const { status, body } = await clinic.vapi({
      type: 'assistant-request',
      timestamp: Date.now(),
      call: { id, customer: { number: '+15145550142' } },
      phoneNumber: { number: vapiLine },
    });
    expect(status).toBe(200);
    return 'assistantId' in (JSON.parse(body) as object);
  };
  const ring = async (CallSid: string, CallStatus = 'ringing'): Promise<boolean> => {
    const { body } = await clinic.twilio('/v1/webhooks/twilio/voice', { CallSid, CallStatus, To: line });
    return !body.includes('we cannot take your call');
  };
  const askAtOnce = async (calls: number): Promise<string[]> => {
    const ids = Array.from({ length: calls }, () => newId());
    const answers = await Promise.all(ids.map((id) => ask(id)));
    return ids.filter((_id, at) => answers[at]);
  };
  const callOf = async (providerCallId: string): Promise<string> => {
    let found: string | undefined;
    await eventually(() => {
      found = started.find((call) => call.providerCallId === providerCallId)?.callId;
      expect(found).toBeDefined();
    });
    return found ?? '';
  };
  /** Half of what follows comes in at another replica, which hears no news of its own. */
  const atBothReplicas = (): void => {
    const post = intake.post.bind(intake);
    let turn = 0;
    jest.spyOn(intake, 'post').mockImplementation(async (path, body, headers) => {
      turn += 1;
      if (turn % 2) return post(path, body, headers);
      const response = await fetch(`${beside.url}${path}`, { method: 'POST', body: body as string, headers });
      return {
        status: response.status,
        contentType: response.headers.get('content-type') ?? '',
        body: await response.text(),
        headers: response.headers,
      };
    });
  };
  afterEach(() => jest.restoreAllMocks());

  it('are ten of 64 that come at once to two replicas, and are answered in time', async () => {
    await tell(1, 10);
    atBothReplicas();
    const asked = performance.now();
    expect(await askAtOnce(64)).toHaveLength(10);
    expect(performance.now() - asked).toBeLessThan(3_000);
    expect(await ask()).toBe(false);
  });

  it('are as many as each may be promised its minutes', async () => {
    await tell(1, 10, { perStart: 4 });
    expect(await askAtOnce(5)).toHaveLength(2);
  });

  it('are not counted twice once billing counted them, nor once when it did not', async () => {
    await tell(1, 3);
    const [first = '', second = ''] = await askAtOnce(2);
    await tell(2, 2, { counted: [await callOf(first)] });
    expect(await askAtOnce(3)).toHaveLength(1);
    await tell(3, 1, { counted: [await callOf(second)] });
    expect(await ask()).toBe(false);
    await tell(4, 2);
    expect(await askAtOnce(2)).toHaveLength(1);
  });

  it('come out the same when news are late and doubled', async () => {
    await tell(1, 3);
    const [first = '', second = ''] = await askAtOnce(2);
    const [one, two] = [await callOf(first), await callOf(second)];
    await tell(3, 1, { counted: [two] });
    for (let time = 0; time < 2; time++) await tell(2, 2, { counted: [one] });
    await tell(3, 1, { counted: [two] });
    expect(await askAtOnce(4)).toHaveLength(1);
    expect(await ask()).toBe(false);
  });

  it('get the same answer whenever they ask again', async () => {
    await tell(1, 1);
    const [admitted, refused] = [aSid('CA'), aSid('CA')];
    expect([await ring(admitted), await ring(refused)]).toEqual([true, false]);
    await tell(2, 5);
    expect([await ring(refused), await ring(refused, 'in-progress')]).toEqual([false, false]);
    await tell(3, 0);
    expect([await ring(admitted), await ring(admitted, 'in-progress')]).toEqual([true, true]);
  });

  it('say of themselves when they were turned away', async () => {
    await tell(1, 1);
    const calls = [newId(), newId()];
    for (const id of calls) await ask(id);
    await Promise.all(calls.map(callOf));
    const told = calls.map((id) => started.find(({ providerCallId }) => providerCallId === id)?.turnedAway);
    expect(told).toEqual([undefined, true]);
  });

  it('are no more than what is left while the database is away', async () => {
    await tell(1, 3);
    // News of the lines just added make the directory forget; what is last known is what comes after them.
    await eventually(async () =>
      expect(await intake.database.query('SELECT 1 FROM telephony.outbox')).toEqual([]),
    );
    expect(await ask()).toBe(true);
    await intake.takeDatabaseAway();
    expect(await askAtOnce(8)).toHaveLength(3);
    await intake.giveDatabaseBack();
    await eventually(async () => expect(await ask()).toBe(false));
  });
});
