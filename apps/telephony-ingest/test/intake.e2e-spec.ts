import { randomBytes } from 'node:crypto';
import { eventually } from '@parley/testing';
import { aLine, aSid, errorCode, Intake, type Tenant } from './intake-harness';

describe('webhook intake', () => {
  let intake: Intake;
  let clinic: Tenant;
  let garage: Tenant;
  const line = aLine();

  beforeAll(async () => {
    intake = await Intake.start();
    clinic = await (await intake.tenant('clinique')).connect();
    garage = await (await intake.tenant('garage')).connect();
    await clinic.addNumber({ e164: line, provider: 'vapi' });
  });
  afterAll(() => intake?.stop());
  beforeEach(() => intake.database.query('TRUNCATE telephony.journal'));

  const statusOf = (callSid = aSid('CA'), status = 'ringing') => ({
    CallSid: callSid,
    CallStatus: status,
    Direction: 'inbound',
    From: '+15145550142',
    To: '+14185550199',
    FromCity: 'MONTRÉAL',
    SequenceNumber: '1',
    CallbackSource: 'call-progress-events',
    Timestamp: 'Tue, 03 Mar 2026 15:05:05 +0000',
  });
  const reportOf = (id: string) => ({
    type: 'status-update',
    status: 'in-progress',
    timestamp: Date.now(),
    call: { id, type: 'inboundPhoneCall', customer: { number: '+15145550142', name: 'Élise Bélanger' } },
    phoneNumber: { number: line },
  });

  it('writes a signed Twilio event down, byte for byte, for the tenant of its account', async () => {
    const answer = await clinic.twilio('/v1/webhooks/twilio', statusOf());
    expect(answer.status).toBe(200);
    const [row] = await intake.journal();
    expect(row).toMatchObject({
      tenant_id: clinic.id,
      kind: 'call-status',
      verified_by: 'x-twilio-signature',
    });
    expect(row?.body.toString()).toContain('FromCity=MONTR%C3%89AL');
  });

  it('keeps the accents of a Vapi event as they came, and no secret of its headers', async () => {
    const message = reportOf(aSid('v'));
    const secret = { 'x-vapi-secret': clinic.webhookSecret, cookie: 'a=b' };
    await expect(clinic.vapi(message, secret)).resolves.toMatchObject({ status: 200, body: '{}' });
    const [row] = await intake.journal();
    expect(row).toMatchObject({ tenant_id: clinic.id, provider: 'vapi', verified_by: 'hmac' });
    expect(row?.body.equals(Buffer.from(JSON.stringify({ message })))).toBe(true);
    expect(row?.headers).not.toHaveProperty('x-vapi-secret');
    expect(row?.headers).not.toHaveProperty('cookie');
  });

  it('writes fifty copies at once down as one', async () => {
    const form = statusOf();
    const answers = await Promise.all(
      Array.from({ length: 50 }, () => clinic.twilio('/v1/webhooks/twilio', form)),
    );
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
    expect(await intake.journal()).toHaveLength(1);
  });

  it.each([
    ['a wrong secret', { 'x-twilio-signature': 'AAAAAAAAAAAAAAAAAAAAAAAAAAA=' }],
    ['no signature', { 'x-twilio-signature': '' }],
  ])('refuses %s and keeps nothing', async (_case, headers) => {
    const answer = await clinic.twilio('/v1/webhooks/twilio', statusOf(), headers);
    expect([answer.status, errorCode(answer)]).toEqual([401, 'INVALID_SIGNATURE']);
    expect(await intake.journal()).toHaveLength(0);
  });

  it.each([
    ['another tenant’s account', () => ({ AccountSid: garage.accountSid })],
    ['an account nobody has', () => ({ AccountSid: aSid('AC') })],
  ])('refuses an event that names %s', async (_case, account) => {
    const answer = await clinic.twilio('/v1/webhooks/twilio', { ...statusOf(), ...account() });
    expect(errorCode(answer)).toBe('INVALID_SIGNATURE');
    expect(await intake.journal()).toHaveLength(0);
  });

  it('refuses a forged X-Tenant-ID, whoever signed', async () => {
    const forged = [
      await clinic.twilio('/webhooks/twilio', statusOf(), { 'x-tenant-id': garage.slug }),
      await clinic.vapi(reportOf(aSid('v')), { 'x-tenant-id': garage.id }, '/webhooks/vapi'),
      await clinic.generic('/webhooks/vapi', JSON.stringify({ message: reportOf('x') }), {
        'x-tenant-id': garage.slug,
      }),
      await clinic.vapi({ type: 'hang', timestamp: 1, call: { id: 'c' } }, { 'x-tenant-id': garage.slug }),
      await clinic.generic('/webhooks/vapi', '{"message":{"type":"hang"}}', {
        'x-tenant-id': 'nobody-at-all',
      }),
    ];
    expect(forged.map(errorCode)).toEqual(forged.map(() => 'INVALID_SIGNATURE'));
    expect(await intake.journal()).toHaveLength(0);
  });

  it('lets X-Tenant-ID and ?connection select the secret that must vouch', async () => {
    const { id } = await clinic.put({ provider: 'vapi' });
    const hang = { type: 'hang', call: { id: 'c' } };
    const accepted = [
      await clinic.vapi({ ...hang, timestamp: 1 }, { 'x-tenant-id': clinic.slug }, '/webhooks/vapi'),
      await clinic.vapi({ ...hang, timestamp: 2 }, { 'x-tenant-id': clinic.id }, '/webhooks/vapi'),
      await clinic.vapi({ ...hang, timestamp: 3 }, {}, `/v1/webhooks/vapi?connection=${id}`),
    ];
    expect(accepted.map(({ status }) => status)).toEqual([200, 200, 200]);
    const refused = await garage.vapi({ ...hang, timestamp: 4 }, {}, `/v1/webhooks/vapi?connection=${id}`);
    expect(errorCode(refused)).toBe('INVALID_SIGNATURE');
    expect((await intake.journal()).map((row) => row.tenant_id)).toEqual([clinic.id, clinic.id, clinic.id]);
  });

  it('accepts the generic signature on design 002’s aliases only', async () => {
    const body = JSON.stringify({ message: { ...reportOf('generic'), note: 'Été' } });
    const named = { 'x-tenant-id': clinic.slug };
    await expect(clinic.generic('/webhooks/vapi', body, named)).resolves.toMatchObject({ status: 200 });
    await expect(clinic.generic('/v1/webhooks/vapi', body, named)).resolves.toMatchObject({ status: 401 });
    await expect(clinic.generic('/webhooks/vapi', body, {})).resolves.toMatchObject({ status: 401 });
    expect((await intake.journal()).map((row) => row.verified_by)).toEqual(['sha256']);
  });

  it('accepts the secret before a rotation for a while', async () => {
    const old = clinic.authToken;
    const rotated = { provider: 'twilio' as const, authToken: randomBytes(16).toString('hex') };
    const shown = await clinic.put(rotated);
    expect(shown.authTokenLast4).toBe(rotated.authToken.slice(-4));
    expect(shown.previousSecretsUntil).not.toBeNull();
    await expect(clinic.twilio('/v1/webhooks/twilio', statusOf())).resolves.toMatchObject({ status: 200 });
    Object.assign(clinic, { authToken: rotated.authToken });
    await expect(clinic.twilio('/v1/webhooks/twilio', statusOf())).resolves.toMatchObject({ status: 200 });
    await clinic.put({ provider: 'twilio', authToken: old });
    Object.assign(clinic, { authToken: old });
  });

  it('keeps secrets sealed in the database', async () => {
    const rows = await intake.database.query<{ secrets: Buffer; config: object }>(
      'SELECT secrets, config FROM telephony.provider_connections',
    );
    for (const { secrets, config } of rows) {
      for (const secret of [clinic.authToken, clinic.webhookSecret, garage.authToken, garage.webhookSecret]) {
        expect(secrets.includes(secret)).toBe(false);
        expect(JSON.stringify(config)).not.toContain(secret);
      }
    }
  });

  it.each([
    ['malformed JSON', '/v1/webhooks/vapi', '{"message":', 400, 'VALIDATION_FAILED'],
    ['JSON of another shape', '/v1/webhooks/vapi', '[1]', 400, 'VALIDATION_FAILED'],
    ['a message without type', '/v1/webhooks/vapi', '{"message":{}}', 400, 'VALIDATION_FAILED'],
    ['no body', '/v1/webhooks/vapi', '', 400, 'VALIDATION_FAILED'],
    ['an unknown provider', '/v1/webhooks/acme', '{}', 404, 'NOT_FOUND'],
    [
      'a body over the cap',
      '/v1/webhooks/vapi',
      `{"message":"${'é'.repeat(3 << 20)}"}`,
      413,
      'FILE_TOO_LARGE',
    ],
  ])('answers %s with its code', async (_case, path, body, status, code) => {
    const answer = await intake.post(path, body, { 'content-type': 'application/json' });
    expect([answer.status, errorCode(answer)]).toEqual([status, code]);
    expect(await intake.journal()).toHaveLength(0);
  });

  it('keeps unknown kinds of a known provider as ignored', async () => {
    await expect(clinic.vapi({ type: 'chat.created', phoneNumber: { number: line } })).resolves.toMatchObject(
      { status: 200 },
    );
    await expect(clinic.twilio('/v1/webhooks/twilio', { Surprise: '1' })).resolves.toMatchObject({
      status: 200,
    });
    expect((await intake.journal()).map(({ kind, status }) => [kind, status])).toEqual([
      ['chat.created', 'ignored'],
      ['unknown', 'ignored'],
    ]);
  });

  it('survives content that a database cannot store', async () => {
    const strange = { type: 'status-update\u0000\ud800', status: '\u0000', call: { id: '\ud800\u0000' } };
    const answers = await Promise.all([
      clinic.vapi({ ...strange, phoneNumber: { number: line } }),
      clinic.vapi(reportOf('beside')),
    ]);
    expect(answers.map(({ status }) => status)).toEqual([200, 200]);
    expect(await intake.journal()).toHaveLength(2);
  });

  it('applies what it wrote down', async () => {
    const callSid = aSid('CA');
    await clinic.twilio('/v1/webhooks/twilio', statusOf(callSid, 'in-progress'));
    await eventually(async () => {
      const [row] = await intake.journal();
      expect(row?.status).toBe('processed');
    });
    const calls = await intake.database.query<{ tenant_id: string; status: string }>(
      'SELECT tenant_id, status FROM telephony.calls WHERE provider_call_id = $1',
      [callSid],
    );
    expect(calls).toEqual([{ tenant_id: clinic.id, status: 'in_progress' }]);
  });
});
