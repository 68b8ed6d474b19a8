import {
  type EventDefinition,
  newId,
  tenantReactivatedV1,
  tenantSuspendedV1,
  tenantUpdatedV1,
} from '@parley/contracts';
import { eventually } from '@parley/testing';
import { aLine, aSid, type Answer, Intake, type Tenant } from './intake-harness';

describe('a suspended tenant', () => {
  let intake: Intake;
  let clinic: Tenant;
  let line: string;
  let version = 1;
  beforeAll(async () => {
    intake = await Intake.start();
  });
  afterAll(() => intake?.stop());
  beforeEach(async () => {
    version = 1;
    line = aLine();
    clinic = await (await intake.tenant(`clinique-${newId()}`, { locale: 'fr', name: 'Émeraude' })).connect();
    await eventually(() => clinic.addNumber({ e164: line, provider: 'twilio' }));
  });

  const tell = async <Payload extends object>(
    event: EventDefinition<Payload>,
    payload: Payload,
  ): Promise<void> => {
    const meta = {
      id: newId(),
      source: event.producer,
      type: event.type,
      time: new Date().toISOString(),
      subject: clinic.id,
      tenantId: clinic.id,
      correlationId: newId(),
    };
    const [failure] = await intake.transport.publish([{ meta, payload }]);
    if (failure) throw failure;
  };
  const at = '2026-11-20T14:05:00.000Z';
  const stand = async (suspended: boolean): Promise<void> => {
    version += 1;
    const event = suspended ? tenantSuspendedV1 : tenantReactivatedV1;
    await tell(event, { tenantId: clinic.id, version, at });
    await eventually(async () => {
      const rows = await intake.database.query(
        'SELECT suspended, version FROM telephony.tenant_standings WHERE tenant_id = $1',
        [clinic.id],
      );
      expect(rows).toEqual([{ suspended, version }]);
    });
  };
  const call = (CallSid: string, CallStatus: string, SequenceNumber: string): Promise<Answer> =>
    clinic.twilio('/v1/webhooks/twilio', {
      CallSid,
      CallStatus,
      SequenceNumber,
      Direction: 'inbound',
      From: '+15145550142',
      To: line,
      Timestamp: 'Tue, 03 Mar 2026 15:05:05 +0000',
      ...(CallStatus === 'completed' ? { CallDuration: '49' } : {}),
    });
  const ring = (): Promise<Answer> =>
    clinic.twilio('/v1/webhooks/twilio/voice', {
      CallSid: aSid('CA'),
      CallStatus: 'ringing',
      Direction: 'inbound',
      From: '+15145550142',
      To: line,
    });
  const statuses = (...expected: string[]): Promise<void> =>
    eventually(async () => {
      const rows = (await intake.journal()).filter(({ tenant_id }) => tenant_id === clinic.id);
      expect(rows.map(({ status }) => status)).toEqual(expected);
    });

  it('loses no webhook: each is taken, rests, and counts after the reactivation in its order', async () => {
    await stand(true);
    const sid = aSid('CA');
    for (const [status, sequence] of [
      ['in-progress', '1'],
      ['completed', '2'],
    ] as const)
      expect((await call(sid, status, sequence)).status).toBe(200);
    await statuses('deferred', 'deferred');
    const calls = () =>
      intake.database.query('SELECT status FROM telephony.calls WHERE tenant_id = $1', [clinic.id]);
    expect(await calls()).toEqual([]);
    const held = (await intake.journal()).filter(({ tenant_id }) => tenant_id === clinic.id);
    expect(held.map(({ attempts, last_error }) => [attempts, last_error])).toEqual([
      [0, 'tenant suspended'],
      [0, 'tenant suspended'],
    ]);
    await stand(false);
    await statuses('processed', 'processed');
    expect(await calls()).toEqual([{ status: 'completed' }]);
  });

  it('is answered for as a line that is out of service, until it is reactivated', async () => {
    expect((await ring()).body).toContain('Émeraude');
    await stand(true);
    await eventually(async () => {
      const { status, body } = await ring();
      expect(status).toBe(200);
      expect(body).toContain('Ce numéro n’est pas en service.');
      expect(body).toContain('<Hangup/>');
    });
    await stand(false);
    await eventually(async () => expect((await ring()).body).toContain('Émeraude'));
  });

  it('leaves its neighbours alone', async () => {
    await stand(true);
    const suspended = clinic;
    clinic = await (await intake.tenant(`voisine-${newId()}`)).connect();
    line = aLine();
    await clinic.addNumber({ e164: line, provider: 'twilio' });
    await call(aSid('CA'), 'in-progress', '1');
    await statuses('processed');
    clinic = suspended;
    await call(aSid('CA'), 'in-progress', '1');
    await statuses('deferred');
  });

  it('stays as the latest news say, and is called as its latest name', async () => {
    const { id: tenantId } = clinic;
    await tell(tenantReactivatedV1, { tenantId, version: 9, at });
    await tell(tenantSuspendedV1, { tenantId, version: 8, at });
    const facts = { tenantId, timezone: 'America/Toronto', locale: 'fr' as const, country: 'CA' };
    await tell(tenantUpdatedV1, { ...facts, name: 'Rubis', version: 3 });
    await tell(tenantUpdatedV1, { ...facts, name: 'Saphir', version: 2 });
    await eventually(async () => expect((await ring()).body).toContain('Rubis'));
    await eventually(async () => {
      const rows = await intake.database.query(
        'SELECT suspended, version FROM telephony.tenant_standings WHERE tenant_id = $1',
        [tenantId],
      );
      expect(rows).toEqual([{ suspended: false, version: 9 }]);
    });
  });
});
