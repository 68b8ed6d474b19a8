import { createHmac, randomBytes } from 'node:crypto';
import Anthropic from '@anthropic-ai/sdk';
import { Webhook } from 'standardwebhooks';
import twilio from 'twilio';
import { n8nSignature, startSandbox, type RunningSandbox, type SentWebhook } from '../src';
import { startFakePlatform, type FakePlatform } from './fake-platform';
import { call, eventually, SandboxTwilioClient, type Answer } from './sandbox-client';

const twilioAuthToken = randomBytes(16).toString('hex');
const vapiSecret = randomBytes(16).toString('hex');
const accountSid = 'AC00000000000000000000000000000001';
const caller = '+14185550123';
const ours = '+14185550100';

let sandbox: RunningSandbox;
let platform: FakePlatform;

beforeEach(async () => {
  platform = await startFakePlatform();
  sandbox = await startSandbox({
    port: 0,
    twilioAuthToken,
    vapiSecret,
    anthropicPace: { firstTokenDelayMs: 0, chunkDelayMs: 0 },
  });
});

afterEach(async () => {
  await sandbox.close();
  await platform.close();
});

function url(path: string): string {
  return sandbox.url + path;
}

function playVapiCall(more: object = {}): Promise<Answer> {
  return call('POST', url('/control/vapi/calls'), {
    webhookUrl: `${platform.url}/vapi`,
    from: caller,
    to: ours,
    ...more,
  });
}

function playTwilioCall(more: object = {}): Promise<Answer> {
  const webhookUrl = `${platform.url}/twilio?connection=7`;
  return call('POST', url('/control/twilio/calls'), { webhookUrl, from: caller, to: ours, ...more });
}

async function sentAbout(callId?: string): Promise<SentWebhook[]> {
  const query = callId === undefined ? '' : `?callId=${callId}`;
  return (await call<{ sent: SentWebhook[] }>('GET', url(`/control/sent${query}`))).body.sent;
}

describe('Twilio', () => {
  const client = (token = twilioAuthToken): ReturnType<typeof twilio> =>
    twilio(accountSid, token, { httpClient: new SandboxTwilioClient(sandbox.url) });

  function expectSigned({ path, headers, body }: FakePlatform['received'][number]): void {
    const form = Object.fromEntries(new URLSearchParams(body));
    const signature = String(headers['x-twilio-signature']);
    expect(twilio.validateRequest(twilioAuthToken, signature, platform.url + path, form)).toBe(true);
  }

  it('takes an SMS from the official SDK and reports it sent and delivered, signed', async () => {
    const message = await client().messages.create({
      to: caller,
      from: ours,
      body: 'Votre rendez-vous est confirmé pour jeudi.',
      statusCallback: `${platform.url}/twilio/status`,
    });

    expect(message).toMatchObject({ status: 'queued', numSegments: '1', direction: 'outbound-api' });
    await eventually(() => expect(platform.received).toHaveLength(2));
    platform.received.forEach(expectSigned);
    const statuses = platform.received.map(({ body }) => new URLSearchParams(body).get('MessageStatus'));
    expect(statuses).toEqual(['sent', 'delivered']);
    const outbox = await call('GET', url(`/outbox/sms?to=${encodeURIComponent(caller)}`));
    expect(outbox.body).toMatchObject({
      messages: [{ sid: message.sid, body: 'Votre rendez-vous est confirmé pour jeudi.' }],
    });
    expect(await client().messages(message.sid).fetch()).toMatchObject({ status: 'delivered' });
  });

  it('refuses a bad number and a wrong token as Twilio does', async () => {
    const send = (to: string, token?: string): Promise<unknown> =>
      client(token).messages.create({ to, from: ours, body: 'Bonjour' });
    await expect(send('+1555')).rejects.toMatchObject({ status: 400, code: 21211 });
    await expect(send('+15005550004')).rejects.toMatchObject({ status: 400, code: 21610 });
    await expect(send(caller, 'wrong')).rejects.toMatchObject({ status: 401, code: 20003 });
  });

  it('makes a call from the official SDK and tells each subscribed status', async () => {
    const created = await client().calls.create({
      to: caller,
      from: ours,
      url: `${platform.url}/twilio/voice`,
      statusCallback: `${platform.url}/twilio/status`,
      statusCallbackEvent: ['initiated', 'answered', 'completed'],
    });

    expect(created).toMatchObject({ status: 'queued', direction: 'outbound-api' });
    await eventually(() => expect(platform.received).toHaveLength(4));
    platform.received.forEach(expectSigned);
    const told = platform.received.map(
      ({ path, body }) => `${path} ${new URLSearchParams(body).get('CallStatus')}`,
    );
    expect(told).toEqual([
      '/twilio/status initiated',
      '/twilio/voice in-progress',
      '/twilio/status in-progress',
      '/twilio/status completed',
    ]);
    await eventually(async () =>
      expect(await client().calls(created.sid).fetch()).toMatchObject({
        status: 'completed',
        duration: '49',
      }),
    );
    expect((await client().calls.list({ limit: 5 })).map(({ sid }) => sid)).toEqual([created.sid]);
  });

  it('plays an inbound call: voice, statuses and recording, all signed', async () => {
    const played = await playTwilioCall({ durationSeconds: 133, recording: true });

    expect(played).toMatchObject({
      status: 201,
      body: { status: 'completed', twiml: { body: expect.any(String) } },
    });
    expect(played.body['twiml']).not.toHaveProperty('fault');
    expect(platform.received).toHaveLength(6);
    platform.received.forEach(expectSigned);
    expect(platform.received[0]?.path).toBe('/twilio/voice?connection=7');
  });

  it('fails a call whose answer is not TwiML', async () => {
    platform.answer = () => ({ body: '{"ok":true}' });
    const played = await playTwilioCall();
    expect(played.body).toMatchObject({
      status: 'failed',
      twiml: { fault: 'content type "application/json; charset=utf-8" is not XML' },
      events: [{ kind: 'voice' }, { kind: 'status:failed' }],
    });
  });

  it('delivers an inbound SMS with its accents', async () => {
    const body = 'Bonjour, est-ce possible jeudi ? Merci, Hélène';
    await call('POST', url('/control/twilio/sms'), {
      webhookUrl: `${platform.url}/twilio`,
      from: caller,
      to: ours,
      body,
    });
    expect(platform.received.map(({ path }) => path)).toEqual(['/twilio/sms']);
    platform.received.forEach(expectSigned);
    expect(new URLSearchParams(platform.received[0]?.body).get('Body')).toBe(body);
  });
});

describe('Vapi', () => {
  it('plays a call, hears the answers and puts them into the report', async () => {
    const played = await playVapiCall({ durationSeconds: 133 });

    expect(played.body).toMatchObject({
      endedReason: 'customer-ended-call',
      assistant: { kind: 'assistant', assistantId: 'assistant-of-the-tenant' },
      tool: { heard: '9 h ou 16 h' },
    });
    const report = JSON.parse(platform.received.at(-1)?.body ?? '') as { message: Record<string, unknown> };
    expect(report.message).toMatchObject({
      type: 'end-of-call-report',
      call: { assistantId: 'assistant-of-the-tenant' },
    });
    expect(JSON.stringify(report)).toContain('"result":"9 h ou 16 h"');
  });

  it('signs with the HMAC credential, and with what else is asked for', async () => {
    await playVapiCall();
    const first = platform.received[0];
    const timestamp = String(first?.headers['x-timestamp']);
    const expected = createHmac('sha256', vapiSecret)
      .update(`${timestamp}.${first?.body ?? ''}`)
      .digest('hex');
    expect(first?.headers['x-signature']).toBe(expected);

    platform.received.length = 0;
    await playVapiCall({
      authMode: 'generic',
      secret: 'of the tenant',
      extraHeaders: { 'x-tenant-id': 'demo' },
    });
    const generic = platform.received[0];
    const signature = createHmac('sha256', 'of the tenant')
      .update(generic?.body ?? '')
      .digest('hex');
    expect(generic?.headers).toMatchObject({
      'x-webhook-signature': `sha256=${signature}`,
      'x-tenant-id': 'demo',
    });
  });

  it.each([
    ['{"error":"Désolé"}', 'assistant-request-returned-error'],
    ['{"destination":{"type":"number","number":"+14185550144"}}', 'assistant-forwarded-call'],
    ['{}', 'assistant-request-returned-no-assistant'],
    ['<html>', 'assistant-request-failed'],
  ])('ends the call before anybody talks when it is answered %s', async (body, endedReason) => {
    platform.answer = () => ({ body });
    const played = await playVapiCall();
    expect(played.body).toMatchObject({ endedReason });
    const told = platform.received.map(
      ({ body: sent }) => (JSON.parse(sent) as { message: { type: string } }).message.type,
    );
    expect(told).not.toContain('transcript');
    expect(told.at(-1)).toBe('end-of-call-report');
  });

  it('lists its calls with what the report said, for whoever missed it', async () => {
    await call('PUT', url('/control/faults'), { drop: 1 });
    const { body: lost } = await playVapiCall();
    expect(platform.received).toHaveLength(0);

    const bearer = { authorization: 'Bearer any' };
    const listed = await call<object[]>('GET', url('/vapi/call'), undefined, bearer);
    expect(listed.body).toMatchObject([{ id: lost['callId'], status: 'ended' }]);
    const one = await call('GET', url(`/vapi/call/${String(lost['callId'])}`), undefined, bearer);
    expect(one.body).toMatchObject({
      endedReason: expect.any(String),
      analysis: {},
      costs: expect.any(Array),
    });
    expect((await call('GET', url('/vapi/call'))).status).toBe(401);
  });

  it('takes an outbound call and names the field at fault', async () => {
    const bearer = { authorization: 'Bearer any' };
    const create = (number: string): Promise<Answer> =>
      call('POST', url('/vapi/call'), { assistantId: 'a', phoneNumberId: 'p', customer: { number } }, bearer);
    expect(await create(caller)).toMatchObject({
      status: 201,
      body: { type: 'outboundPhoneCall', status: 'queued' },
    });
    expect(await create('123')).toMatchObject({
      status: 400,
      body: {
        message: ['customer.number must be a valid phone number in the E.164 format'],
        statusCode: 400,
      },
    });
  });
});

describe('Anthropic', () => {
  const ask = {
    model: 'claude-haiku-5-5',
    max_tokens: 512,
    system: 'You are The Closer, a sales coach.',
    messages: [{ role: 'user' as const, content: 'Mon client trouve le prix trop élevé, que dire ?' }],
  };
  const client = (maxRetries = 0): Anthropic =>
    new Anthropic({ apiKey: 'any', baseURL: `${sandbox.url}/anthropic`, maxRetries });
  const control = (body: object): Promise<Answer> => call('POST', url('/control/anthropic'), body);

  it('streams an answer in French that the SDK puts together', async () => {
    const stream = client().messages.stream(ask);
    const pieces: string[] = [];
    const events: string[] = [];
    stream.on('text', (text) => pieces.push(text)).on('streamEvent', ({ type }) => events.push(type));
    const message = await stream.finalMessage();

    expect(pieces.length).toBeGreaterThan(5);
    expect(pieces.join('')).toMatch(/^Bonjour, ici The Closer\./);
    expect(message).toMatchObject({
      stop_reason: 'end_turn',
      content: [{ type: 'text', text: pieces.join('') }],
    });
    expect(message.usage.output_tokens).toBe(Math.ceil(pieces.join('').length / 4));
    expect([...new Set(events)]).toEqual([
      'message_start',
      'content_block_start',
      'content_block_delta',
      'content_block_stop',
      'message_delta',
      'message_stop',
    ]);
    expect(stream.request_id).toMatch(/^req_/);
  });

  it('answers whole, counts tokens and lists models', async () => {
    const message = await client().messages.create(ask);
    expect(message).toMatchObject({ role: 'assistant', stop_reason: 'end_turn' });
    const { model, system, messages } = ask;
    const { input_tokens } = await client().messages.countTokens({ model, system, messages });
    expect(message.usage.input_tokens).toBe(input_tokens);
    const models = await client().models.list();
    expect(models.data.map(({ id }) => id)).toContain('claude-haiku-5-5');
  });

  it('refuses sampling parameters, missing fields and missing keys with the real error bodies', async () => {
    const sent = { ...ask, temperature: 1 };
    await expect(client().messages.create(sent)).rejects.toMatchObject({
      status: 400,
      type: 'invalid_request_error',
      apiMessage: 'temperature: Extra inputs are not permitted',
    });
    const version = { 'anthropic-version': '2026-10-21' };
    const withKey = { ...version, 'x-api-key': 'any' };
    const post = (body: object, headers: Record<string, string>): Promise<Answer> =>
      call('POST', url('/anthropic/v1/messages'), body, headers);
    expect(await post({ model: 'm', messages: ask.messages }, withKey)).toMatchObject({
      status: 400,
      body: {
        type: 'error',
        error: { message: 'max_tokens: Field required' },
        request_id: expect.any(String),
      },
    });
    expect(await post(ask, version)).toMatchObject({
      status: 401,
      body: { error: { type: 'authentication_error' } },
    });
    expect(await post(ask, withKey)).toMatchObject({ status: 200 });
    expect(
      await post({ ...ask, temperature: 1 }, { ...withKey, 'anthropic-version': '2023-06-01' }),
    ).toMatchObject({
      status: 200,
    });
  });

  it('is overloaded when told so, and the SDK recovers by itself', async () => {
    await control({ failNext: 'overloaded' });
    await expect(client().messages.create(ask)).rejects.toMatchObject({
      status: 529,
      type: 'overloaded_error',
    });
    await control({ failNext: 'overloaded' });
    await expect(client(1).messages.create(ask)).resolves.toMatchObject({ stop_reason: 'end_turn' });
  });

  it('breaks a stream in each of the ways the API does', async () => {
    const broken = async (failNext: string): Promise<{ error: unknown; text: string }> => {
      await control({ failNext });
      const stream = client().messages.stream(ask);
      let text = '';
      stream.on('text', (piece) => (text += piece));
      const error: unknown = await stream.finalMessage().catch((thrown: unknown) => thrown);
      return { error, text };
    };
    const midway = await broken('sse-error');
    expect(midway.error).toMatchObject({ status: undefined, type: 'overloaded_error' });
    expect(midway.text).not.toBe('');
    expect((await broken('cut')).error).toMatchObject({ message: expect.stringContaining('terminated') });
    expect((await broken('close')).error).toMatchObject({
      message: expect.stringContaining('stream ended without'),
    });
    expect((await broken('refusal')).error).toMatchObject({ stop_reason: 'refusal', content: [] });
  });

  it('waits as long as told before the first token', async () => {
    await control({ firstTokenDelayMs: 150 });
    const startedAt = Date.now();
    await client().messages.stream(ask).finalMessage();
    expect(Date.now() - startedAt).toBeGreaterThanOrEqual(145);
  });
});

describe('mail', () => {
  const send = (body: object, headers: Record<string, string> = {}): Promise<Answer> =>
    call('POST', url('/resend/emails'), body, { authorization: 'Bearer any', ...headers });
  const mail = {
    from: 'Parley <hello@parley.test>',
    to: 'elise@example.test',
    subject: 'À demain',
    html: '<p>Élise</p>',
  };

  it('lands in the mailbox, can be looked at and deleted', async () => {
    const { body: sent } = await send(mail);
    const path = `/mailbox/${String(sent['id'])}`;
    expect((await call('GET', url('/mailbox?to=elise'))).body).toMatchObject({
      mails: [{ id: sent['id'], subject: 'À demain' }],
    });
    expect((await call<unknown>('GET', url(`${path}/html`))).body).toBe('<p>Élise</p>');
    expect((await call('DELETE', url(path))).status).toBe(204);
    expect((await call('GET', url(path))).status).toBe(404);
  });

  it('is sent once per idempotency key', async () => {
    const key = { 'idempotency-key': 'welcome/1' };
    const first = await send(mail, key);
    expect((await send(mail, key)).body).toEqual(first.body);
    expect(await send({ ...mail, subject: 'Other' }, key)).toMatchObject({
      status: 409,
      body: { name: 'invalid_idempotent_request' },
    });
    expect((await call<{ mails: object[] }>('GET', url('/mailbox'))).body.mails).toHaveLength(1);
  });

  it('is refused without a key, a subject or a body', async () => {
    expect((await call('POST', url('/resend/emails'), mail)).status).toBe(401);
    expect(await send({ ...mail, subject: '' })).toMatchObject({
      status: 422,
      body: { name: 'missing_required_field' },
    });
    expect((await send({ ...mail, html: undefined })).status).toBe(422);
  });
});

describe('the n8n receiver', () => {
  const secret = `whsec_${randomBytes(32).toString('base64')}`;
  const register = (body: object): Promise<Answer> => call('POST', url('/control/receivers'), body);
  const received = async (path: string): Promise<Record<string, unknown>> =>
    (await call('GET', url(`/n8n/received?path=${path}`))).body;

  it('verifies Standard Webhooks over the bytes and counts deliveries of one event', async () => {
    await register({ path: 'calls/demo', secret, scheme: 'standard' });
    const body = { type: 'call.ended', data: { name: 'Élise' } };
    const now = new Date();
    const headers = {
      'webhook-id': 'msg_1',
      'webhook-timestamp': String(Math.floor(now.getTime() / 1000)),
      'webhook-signature': new Webhook(secret).sign('msg_1', now, JSON.stringify(body)),
    };
    const deliver = (sent: object): Promise<Answer> =>
      call('POST', url('/n8n/webhook/calls/demo'), sent, headers);

    expect(await deliver(body)).toMatchObject({ status: 200, body: { message: 'Workflow was started' } });
    await deliver(body);
    await deliver({ ...body, type: 'forged' });
    expect(await received('calls/demo')).toMatchObject({
      received: [
        { verified: true, delivery: 1, eventId: 'msg_1', body: JSON.stringify(body) },
        { verified: true, delivery: 2 },
        { verified: false, delivery: 3 },
      ],
      countByEventId: { msg_1: 3 },
    });
  });

  it('verifies the signature of design 002 inside its body', async () => {
    await register({ path: 'n8n', secret: 'of the tenant', scheme: 'n8n' });
    const event = { eventId: 'e1', eventType: 'call.call-ended', data: { transcript: 'À demain !' } };
    const signature = n8nSignature('of the tenant', event);
    await call(
      'POST',
      url('/n8n/webhook/n8n'),
      { ...event, signature },
      { 'x-webhook-signature': signature },
    );
    await call(
      'POST',
      url('/n8n/webhook/n8n'),
      { ...event, signature: 'sha256=00' },
      { 'x-webhook-signature': signature },
    );
    expect(await received('n8n')).toMatchObject({
      received: [
        { verified: true, eventId: 'e1' },
        { verified: false, eventId: 'e1' },
      ],
    });
  });

  it('answers a sequence of statuses with headers, then its usual one', async () => {
    await register({ path: 'flaky', respondWith: { sequence: [503, 429], headers: { 'retry-after': '2' } } });
    const deliver = (): Promise<Response> => fetch(url('/n8n/webhook/flaky'), { method: 'POST', body: '{}' });
    const answers = [await deliver(), await deliver(), await deliver()];
    expect(answers.map(({ status }) => status)).toEqual([503, 429, 200]);
    expect(answers[0]?.headers.get('retry-after')).toBe('2');
  });

  it('knows only registered paths, and no scheme without a secret', async () => {
    expect((await call('POST', url('/n8n/webhook/unknown'), {})).status).toBe(404);
    expect((await register({ path: 'x', scheme: 'standard' })).status).toBe(400);
  });
});

describe('faults', () => {
  const faults = (body: object): Promise<Answer> => call('PUT', url('/control/faults'), body);

  it('duplicate every webhook byte for byte', async () => {
    await faults({ duplicate: 2 });
    const { body } = await playTwilioCall({ scenario: 'no-answer' });
    expect(platform.received).toHaveLength(4 * 3);
    expect(new Set(platform.received.map(({ body: form }) => form)).size).toBe(4);
    const sent = await sentAbout(String(body['callSid']));
    expect(sent.map(({ copy }) => copy).sort()).toEqual([0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2]);
  });

  it('send forged webhooks about calls that never were, which no signature check accepts', async () => {
    await faults({ forge: 1 });
    const { body } = await playTwilioCall({ scenario: 'busy' });
    const verdicts = platform.received.map(({ path, headers, body: form }) => {
      const params = Object.fromEntries(new URLSearchParams(form));
      const signature = String(headers['x-twilio-signature']);
      return {
        genuine: twilio.validateRequest(twilioAuthToken, signature, platform.url + path, params),
        ours: params['CallSid'] === body['callSid'],
      };
    });
    expect(verdicts.filter(({ genuine }) => genuine)).toHaveLength(4);
    expect(verdicts.filter(({ genuine, ours: about }) => !genuine && !about)).toHaveLength(4);
    expect((await sentAbout()).filter(({ forged }) => forged)).toHaveLength(4);
  });

  it('shuffle a call the same way for the same seed', async () => {
    const order = async (seed: number): Promise<string[]> => {
      platform.received.length = 0;
      await faults({ reorder: true, seed });
      await playTwilioCall();
      return platform.received.map(({ body }) => new URLSearchParams(body).get('CallStatus') ?? '');
    };
    const inOrder = ['ringing', 'initiated', 'ringing', 'in-progress', 'completed'];
    const first = await order(3);
    expect([...first].sort()).toEqual([...inOrder].sort());
    expect(first).not.toEqual(inOrder);
    expect(await order(3)).toEqual(first);
  });

  it('make the provider APIs unavailable in their own words until reset', async () => {
    await faults({ errorRate5xx: 1 });
    const headers = { authorization: 'Bearer any', 'anthropic-version': '2026-10-21' };
    expect(await call('GET', url('/vapi/call'), undefined, headers)).toMatchObject({
      status: 503,
      body: { statusCode: 503 },
    });
    expect(await call('GET', url('/anthropic/v1/models'), undefined, headers)).toMatchObject({
      status: 503,
      body: { type: 'error', error: { type: 'api_error' } },
    });
    await call('DELETE', url('/control/faults'));
    expect((await call('GET', url('/vapi/call'), undefined, headers)).status).toBe(200);
  });

  it('are refused when misspelt', async () => {
    expect((await faults({ duplicates: 2 })).status).toBe(400);
    expect((await faults({ drop: 2 })).status).toBe(400);
  });

  it('retry a failed delivery as often as told', async () => {
    platform.answer = () => ({ status: 500, body: '' });
    const { body } = await playVapiCall({ assistantId: 'fixed', durationSeconds: 0, retries: 2 });
    const attempts = (await sentAbout(String(body['callId']))).map(
      ({ kind, attempt }) => `${kind} ${attempt}`,
    );
    expect(attempts).toEqual([
      'status-update:ended 1',
      'status-update:ended 2',
      'status-update:ended 3',
      'end-of-call-report 1',
      'end-of-call-report 2',
      'end-of-call-report 3',
    ]);
  });
});

describe('the overview', () => {
  it('shows what happened, escaped', async () => {
    await playVapiCall({ customerName: '<script>alert(1)</script>' });
    await call('POST', url('/control/receivers'), { path: 'seen' });
    await call('POST', url('/n8n/webhook/seen'), { eventId: '<b>' });
    const page = (await call<unknown>('GET', url('/'))).body;
    expect(page).toContain('end-of-call-report');
    expect(page).toContain('not checked');
    expect(page).toContain('{&quot;eventId&quot;:&quot;&lt;b&gt;&quot;}');
    expect(page).not.toContain('<script>');
  });
});
