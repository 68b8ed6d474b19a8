import { eventually } from '@parley/testing';
import { aLine, aSid, errorCode, Intake, type Tenant } from './intake-harness';

describe('intake while the database is away', () => {
  let intake: Intake;
  let clinic: Tenant;
  const line = aLine();

  beforeAll(async () => {
    intake = await Intake.start();
    clinic = await (await intake.tenant('clinique', { name: 'Clinique Émeraude' })).connect();
    await clinic.addNumber({ e164: line, provider: 'twilio' });
  });
  afterAll(async () => {
    await intake?.giveDatabaseBack();
    await intake?.stop();
  });

  const ring = () =>
    clinic.twilio('/v1/webhooks/twilio/voice', { CallSid: aSid('CA'), CallStatus: 'ringing', To: line });
  const report = () =>
    clinic.twilio('/v1/webhooks/twilio', {
      CallSid: aSid('CA'),
      CallStatus: 'ringing',
      SequenceNumber: '1',
      To: line,
    });

  it('answers on the line from what it last knew, sends facts back to their sender, and recovers', async () => {
    expect((await ring()).status).toBe(200);
    expect((await report()).status).toBe(200);
    await intake.takeDatabaseAway();

    const asked = performance.now();
    const heard = await ring();
    expect(performance.now() - asked).toBeLessThan(1_000);
    expect([heard.status, heard.body.includes('Clinique Émeraude')]).toEqual([200, true]);

    const fact = await report();
    expect([fact.status, errorCode(fact), fact.headers.get('retry-after')]).toEqual([
      503,
      'DEPENDENCY_DOWN',
      '1',
    ]);

    await intake.giveDatabaseBack();
    await eventually(async () => expect((await report()).status).toBe(200));
    expect((await intake.journal()).map(({ kind }) => kind)).toEqual(['voice', 'call-status', 'call-status']);
  });

  it('sends back what it cannot judge', async () => {
    await intake.restart();
    await intake.takeDatabaseAway();
    const unknown = await intake.post('/v1/webhooks/vapi', '{"message":{"type":"hang","call":{"id":"c"}}}', {
      'content-type': 'application/json',
      'x-tenant-id': clinic.slug,
    });
    expect([unknown.status, errorCode(unknown)]).toEqual([503, 'DEPENDENCY_DOWN']);
    await intake.giveDatabaseBack();
  });
});
