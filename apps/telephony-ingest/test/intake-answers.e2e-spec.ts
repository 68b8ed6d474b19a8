import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { newId } from '@parley/contracts';
import { aLine, aSid, type Answer, Intake, Tenant } from './intake-harness';

const sample = (name: string): { message: Record<string, unknown> } =>
  JSON.parse(readFileSync(join(__dirname, `fixtures/vapi/${name}.json`), 'utf8')) as never;

describe('answers on the line', () => {
  let intake: Intake;
  let clinic: Tenant;
  const [forwarded, answered, english, vapiLine] = [aLine(), aLine(), aLine(), aLine()];
  const assistantId = newId();

  beforeAll(async () => {
    intake = await Intake.start();
    clinic = await (
      await intake.tenant('clinique', { locale: 'fr', name: 'Clinique Émeraude & fils' })
    ).connect();
    const greeting = { fr: 'Bonjour, « Émeraude » <chauffage> & climatisation !' };
    await clinic.addNumber({
      e164: forwarded,
      provider: 'twilio',
      routing: { forwardTo: '+15145550111', greeting },
    });
    await clinic.addNumber({ e164: answered, provider: 'twilio' });
    await clinic.addNumber({
      e164: english,
      provider: 'twilio',
      routing: { locale: 'en', businessName: 'Emerald' },
    });
    await clinic.addNumber({
      e164: vapiLine,
      provider: 'vapi',
      assistantId,
      routing: { businessName: 'Clinique Émeraude', hours: 'Lundi au vendredi,\n8 h à 17 h' },
    });
  });
  afterAll(() => intake?.stop());

  const ring = (to: string, extra: Record<string, string> = {}): Promise<Answer> =>
    clinic.twilio('/v1/webhooks/twilio/voice', {
      CallSid: aSid('CA'),
      CallStatus: 'ringing',
      Direction: 'inbound',
      From: '+15145550142',
      To: to,
      ...extra,
    });
  const ask = async (name: string, changes: object = {}): Promise<unknown> => {
    const { message } = sample(name);
    const answer = await clinic.vapi({ ...message, phoneNumber: { number: vapiLine }, ...changes });
    expect([answer.status, answer.contentType]).toEqual([200, 'application/json; charset=utf-8']);
    return JSON.parse(answer.body);
  };

  it('greets in French and rings the business', async () => {
    const { status, contentType, body } = await ring(forwarded);
    expect([status, contentType]).toEqual([200, 'text/xml; charset=utf-8']);
    expect(body).toBe(
      '<?xml version="1.0" encoding="UTF-8"?><Response>' +
        '<Say language="fr-CA">Bonjour, « Émeraude » &lt;chauffage&gt; &amp; climatisation !</Say>' +
        '<Dial answerOnBridge="true" timeout="20" action="https://hooks.example.test/v1/webhooks/twilio/voice">' +
        '<Number>+15145550111</Number></Dial></Response>',
    );
  });

  it('takes a message where there is nobody to ring, and says where the recording goes', async () => {
    const { body } = await ring(answered);
    expect(body).toContain('Bonjour, vous êtes bien chez Clinique Émeraude &amp; fils.');
    expect(body).toContain(
      'recordingStatusCallback="https://hooks.example.test/v1/webhooks/twilio/recording"',
    );
  });

  it('speaks the language of the line', async () => {
    const { body } = await ring(english);
    expect(body).toContain('<Say language="en-CA">Hello, you have reached Emerald.</Say>');
  });

  it.each([
    ['no-answer', '<Record'],
    ['busy', '<Record'],
    ['completed', '<Hangup/>'],
  ])('goes on after a forwarded call was %s', async (dialled, expected) => {
    const { body } = await ring(forwarded, {
      CallStatus: 'in-progress',
      DialCallStatus: dialled,
      DialCallSid: aSid('CA'),
    });
    expect(body).toContain(expected);
  });

  it('hangs up after a voice message instead of greeting again', async () => {
    const { body } = await ring(answered, {
      CallStatus: 'in-progress',
      RecordingSid: aSid('RE'),
      RecordingUrl: 'https://x.test',
    });
    expect(body).toContain('<Hangup/>');
    expect(body).not.toContain('<Record');
  });

  it('keeps the connection on the addresses it gives Twilio', async () => {
    const { id } = await clinic.put({ provider: 'twilio' });
    const answer = await clinic.twilio(`/twilio/voice?connection=${id}`, {
      CallSid: aSid('CA'),
      CallStatus: 'ringing',
      To: answered,
    });
    expect(answer.body).toContain(`/v1/webhooks/twilio/recording?connection=${id}"`);
  });

  it('answers a ringing line at the general path, too', async () => {
    const ringing = { CallSid: aSid('CA'), CallStatus: 'ringing', Direction: 'inbound', To: forwarded };
    const { body } = await clinic.twilio('/webhooks/twilio', ringing);
    expect(body).toContain('<Number>+15145550111</Number>');
  });

  it('answers the line of a tenant identity has not told it about yet', async () => {
    const garage = new Tenant(intake, newId(), 'garage');
    await garage.connect();
    const ringing = { CallSid: aSid('CA'), CallStatus: 'ringing', To: aLine() };
    const { body } = await garage.twilio('/v1/webhooks/twilio/voice', ringing);
    expect(body).toContain('<Say language="en-CA">Hello.</Say>');
    expect(body).toContain('<Record');
  });

  it('answers a text message with an empty reply', async () => {
    const sms = {
      MessageSid: aSid('SM'),
      SmsStatus: 'received',
      From: '+15145550142',
      To: answered,
      Body: 'Allô',
    };
    await expect(clinic.twilio('/twilio/sms', sms)).resolves.toMatchObject({
      status: 200,
      contentType: 'text/xml; charset=utf-8',
      body: '<?xml version="1.0" encoding="UTF-8"?><Response/>',
    });
  });

  it('names the assistant of the line and what it should know', async () => {
    await expect(ask('assistant-request')).resolves.toEqual({
      assistantId,
      assistantOverrides: {
        variableValues: {
          businessName: 'Clinique Émeraude',
          businessNumber: vapiLine,
          locale: 'fr',
          timezone: 'America/Toronto',
          businessHours: 'Lundi au vendredi,\n8 h à 17 h',
          callerName: 'Hélène Côté',
        },
      },
    });
  });

  it('apologises in the tenant’s language where no assistant is set', async () => {
    await expect(
      ask('assistant-request', { phoneNumber: { number: answered }, call: { id: 'a' } }),
    ).resolves.toEqual({
      error: 'Désolé, personne ne peut prendre votre appel en ce moment. Veuillez rappeler plus tard.',
    });
  });

  it.each([
    [
      'tool-calls',
      (name: string) => ({
        toolCallList: [{ id: 't1', type: 'function', function: { name, arguments: '{"day":"jeudi"}' } }],
      }),
    ],
    [
      'tool-calls with an object',
      (name: string) => ({
        toolCallList: [{ id: 't1', type: 'function', function: { name, arguments: {} } }],
      }),
    ],
    ['tool-calls-flat', (name: string) => ({ toolCallList: [{ id: 't1', name, parameters: {} }] })],
  ])('answers %s on one line', async (_shape, list) => {
    await expect(ask('tool-calls', list('getBusinessInfo'))).resolves.toEqual({
      results: [
        {
          toolCallId: 't1',
          name: 'getBusinessInfo',
          result: `Clinique Émeraude. Heures: Lundi au vendredi, 8 h à 17 h. Téléphone: ${vapiLine}`,
        },
      ],
    });
  });

  it('says of a tool it does not have that it does not have it', async () => {
    await expect(ask('tool-calls')).resolves.toEqual({
      results: [{ toolCallId: 'call_AbC123', name: 'find_slots', error: 'Unknown tool: find_slots' }],
    });
  });

  it('answers the legacy function call', async () => {
    const functionCall = { name: 'getBusinessInfo', parameters: {} };
    const answer = (await ask('function-call-legacy', { functionCall })) as { result: string };
    expect(answer.result).toMatch(/^Clinique Émeraude\. Heures/);
  });

  it.each(['status-update-in-progress', 'hang', 'speech-update', 'end-of-call-report'])(
    'acknowledges %s',
    async (name) => {
      await expect(ask(name)).resolves.toEqual({});
    },
  );
});
