import { newId, standingChangedV1, type StandingState } from '@parley/contracts';
import { eventually } from '@parley/testing';
import { aLine, aSid, Intake, Tenant } from './intake-harness';

describe('lines of tenants with nothing left', () => {
  let intake: Intake;
  let clinic: Tenant;
  let line: string;
  let vapiLine: string;

  beforeAll(async () => {
    intake = await Intake.start();
  });
  afterAll(async () => {
    await intake?.giveDatabaseBack();
    await intake?.stop();
  });
  beforeEach(async () => {
    [line, vapiLine] = [aLine(), aLine()];
    clinic = await (await intake.tenant(`clinique-${newId()}`, { locale: 'fr', name: 'Clinique' })).connect();
    await clinic.addNumber({ e164: line, provider: 'twilio' });
    await clinic.addNumber({ e164: vapiLine, provider: 'vapi', assistantId: newId() });
  });

  const tell = async (state: StandingState, version: number, group: 'voice' | 'sms' = 'voice') => {
    const meta = {
      id: newId(),
      source: 'billing' as const,
      type: standingChangedV1.type,
      time: new Date().toISOString(),
      subject: clinic.id,
      tenantId: clinic.id,
      correlationId: newId(),
    };
    const [failure] = await intake.transport.publish([
      { meta, payload: { group, state, available: 0, version } },
    ]);
    expect(failure).toBeUndefined();
  };
  const ring = () =>
    clinic.twilio('/v1/webhooks/twilio/voice', { CallSid: aSid('CA'), CallStatus: 'ringing', To: line });
  const turnedAway = async () => (await ring()).body.includes('nous ne pouvons pas prendre votre appel');

  it('turn callers away politely, at Twilio and at Vapi, and not before', async () => {
    expect(await turnedAway()).toBe(false);
    await tell('hard', 2);

    const { status, body } = await ring();
    expect(status).toBe(200);
    expect(body).toBe(
      '<?xml version="1.0" encoding="UTF-8"?><Response><Say language="fr-CA">Désolé, nous ne pouvons pas ' +
        'prendre votre appel en ce moment. Veuillez rappeler plus tard.</Say><Hangup/></Response>',
    );
    const answer = await clinic.vapi({
      type: 'assistant-request',
      timestamp: Date.now(),
      call: { id: newId(), customer: { number: '+15145550142' } },
      phoneNumber: { number: vapiLine },
    });
    expect(JSON.parse(answer.body)).toEqual({
      error: 'Désolé, nous ne pouvons pas prendre votre appel en ce moment. Veuillez rappeler plus tard.',
    });
  });

  it.each(['ok', 'soft', 'grace'] as const)('answer while their standing is %s', async (state) => {
    await tell('hard', 1);
    await tell(state, 2);
    expect(await turnedAway()).toBe(false);
  });

  it('do not listen to what is older, nor to what is about texts', async () => {
    await tell('ok', 5);
    await tell('hard', 4);
    await tell('hard', 6, 'sms');
    expect(await turnedAway()).toBe(false);
    await tell('paused', 7);
    expect(await turnedAway()).toBe(true);
  });

  it('stay turned away after a restart', async () => {
    await tell('hard', 3);
    await intake.restart();
    expect(await turnedAway()).toBe(true);
  });

  it('are answered as last known while the database is away, within a second', async () => {
    await tell('hard', 3);
    // News of the lines just added make the directory forget; what is last known is what comes after them.
    await eventually(async () =>
      expect(await intake.database.query('SELECT 1 FROM telephony.outbox')).toEqual([]),
    );
    expect(await turnedAway()).toBe(true);
    await intake.takeDatabaseAway();

    const asked = performance.now();
    expect(await turnedAway()).toBe(true);
    expect(performance.now() - asked).toBeLessThan(1_000);

    await intake.giveDatabaseBack();
    await eventually(async () => expect((await ring()).status).toBe(200));
  });
});
