import { readFile } from 'node:fs/promises';
import type { IncomingHttpHeaders } from 'node:http';
import { join } from 'node:path';
import {
  callEndedV1,
  callEnrichedV1,
  callStartedV1,
  putDefaultEndpoint,
  smsReceivedV1,
} from '@parley/contracts';
import { aCallEnded, eventually } from '@parley/testing';
import { type RunningSandbox, startSandbox, verifyN8n, verifyStandard } from '../../sandbox/src';
import { aTenant, Notifications } from './notifications.harness';
import { type Received, Receiver } from './receiver.harness';

const call = aCallEnded({
  provider: 'vapi',
  providerCallId: '5f8f5a0e-1c1b-4b52-9d3f-8d7f5f0c7b11',
  from: '+15145550142',
  to: '+14185550100',
  transcript: 'AI: Bonjour, ici la réception.\nUser: Ma fournaise ne démarre plus.',
  summary: 'Élise Bélanger a pris rendez-vous.',
  structuredData: { customerName: 'Élise Bélanger', appointmentDate: '2026-11-24T14:00:00-05:00' },
  endedAt: '2026-11-20T14:05:00.000Z',
});

describe('what is sent', () => {
  let notifications: Notifications;
  let receiver: Receiver;
  let sandbox: RunningSandbox;

  beforeAll(async () => {
    notifications = await Notifications.start();
    receiver = await Receiver.start();
    sandbox = await startSandbox({ port: 0, twilioAuthToken: 'not used', vapiSecret: 'not used' });
  });
  afterAll(async () => {
    await notifications?.stop();
    await receiver?.stop();
    await sandbox?.close();
  });
  afterEach(() => void receiver.received.splice(0));

  const arrived = (count = 1) =>
    eventually(() => {
      expect(receiver.received).toHaveLength(count);
      return receiver.received[count - 1] as Received;
    });

  it('is design 002 to the letter on the default endpoint, signed in both ways', async () => {
    const tenant = aTenant();
    const { secret } = await notifications.ask(tenant, putDefaultEndpoint, { url: receiver.url });
    await notifications.publish(tenant, callEndedV1, call);
    const { body, headers } = await arrived();

    const signature = String(headers['x-webhook-signature']);
    expect(body).toBe(
      '{"eventId":"vapi:5f8f5a0e-1c1b-4b52-9d3f-8d7f5f0c7b11:call-ended:1795183500000",' +
        '"eventType":"call.call-ended","timestamp":"2026-11-20T14:05:00.000Z",' +
        '"data":{"direction":"inbound","from":"+15145550142","to":"+14185550100","status":"completed",' +
        '"duration":133,"aiHandled":true,' +
        '"transcript":"AI: Bonjour, ici la réception.\\nUser: Ma fournaise ne démarre plus.","outcome":"BOOKED",' +
        '"vapi":{"callId":"5f8f5a0e-1c1b-4b52-9d3f-8d7f5f0c7b11","summary":"Élise Bélanger a pris rendez-vous.",' +
        '"structuredData":{"customerName":"Élise Bélanger","appointmentDate":"2026-11-24T14:00:00-05:00"}}},' +
        `"signature":"${signature}"}`,
    );
    expect(verifyN8n(secret ?? '', body, signature)).toBe(true);
    expect(verifyStandard(secret ?? '', body, headers as Record<string, string>)).toBe(true);
  });

  it('verifies with the snippet that the README gives to n8n users', async () => {
    const readme = await readFile(join(__dirname, '../README.md'), 'utf8');
    const snippet = /```js\n([\s\S]*?)```/.exec(readme)?.[1] ?? '';
    const verify = new Function('require', `${snippet}; return verify;`)(require) as (
      raw: string,
      headers: IncomingHttpHeaders,
      secret: string,
    ) => boolean;
    const tenant = aTenant();
    const { secret } = await notifications.ask(tenant, putDefaultEndpoint, { url: receiver.url });
    await notifications.publish(tenant, callEndedV1, call);
    const { body, headers } = await arrived();
    expect(verify(body, headers, secret ?? '')).toBe(true);
    expect(verify(body.replace('fournaise', 'chaudière'), headers, secret ?? '')).toBe(false);
    expect(verify(body, headers, 'another-secret')).toBe(false);
  });

  it('is accepted by the verifying receiver of the sandbox', async () => {
    const tenant = aTenant();
    const secret = 'a-secret-of-the-tenant';
    const registered = await fetch(`${sandbox.url}/control/receivers`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ path: 'acme', scheme: 'n8n', secret }),
    });
    expect(registered.status).toBe(201);
    await notifications.ask(tenant, putDefaultEndpoint, { url: `${sandbox.url}/n8n/webhook/acme`, secret });
    await notifications.publish(tenant, callEndedV1, call);
    await eventually(async () => {
      const answer = await fetch(`${sandbox.url}/n8n/received?path=acme`);
      const { received } = (await answer.json()) as { received: object[] };
      expect(received).toMatchObject([{ verified: true, answered: 200 }]);
    });
  });

  it('carries no vapi block for calls of other providers, and no outcome where there is none', async () => {
    const tenant = aTenant();
    await notifications.ask(tenant, putDefaultEndpoint, { url: receiver.url });
    await notifications.publish(tenant, callEndedV1, { ...call, provider: 'twilio', outcome: null });
    const { body } = await arrived();
    const { data } = JSON.parse(body) as { data: Record<string, unknown> };
    expect(data).not.toHaveProperty('vapi');
    expect(data['outcome']).toBeNull();
  });

  it('is a Standard Webhooks envelope without our costs in format standard', async () => {
    const tenant = aTenant();
    const { secret } = await notifications.addEndpoint(tenant, receiver.url, { events: ['call.ended'] });
    await notifications.publish(tenant, callEndedV1, call);
    const { body, headers } = await arrived();
    expect(JSON.parse(body)).toEqual({
      id: headers['webhook-id'],
      type: 'call.ended',
      timestamp: '2026-11-20T14:05:00.000Z',
      apiVersion: '2026-11-01',
      data: expect.objectContaining({ callId: call.callId, durationSeconds: 133, summary: call.summary }),
    });
    expect(body).not.toContain('providerCostCents');
    expect(verifyStandard(secret ?? '', body, headers as Record<string, string>)).toBe(true);
    expect(headers).not.toHaveProperty('x-webhook-signature');
  });

  it('is flat and snake-cased in format flat, signed only when a secret was given', async () => {
    const tenant = aTenant();
    const flat = { payloadFormat: 'flat' as const, events: ['call_ended'] };
    await notifications.addEndpoint(tenant, receiver.url, flat);
    await notifications.publish(tenant, callEndedV1, call);
    const unsigned = await arrived();
    expect(JSON.parse(unsigned.body)).toMatchObject({
      event: 'call_ended',
      timestamp: '2026-11-20T14:05:00.000Z',
      data: { call_id: call.callId, duration_seconds: 133, caller_phone: '+15145550142', outcome: 'booked' },
    });
    expect(unsigned.headers).not.toHaveProperty('x-kryonex-signature');
    expect(unsigned.headers).not.toHaveProperty('webhook-signature');

    const other = aTenant();
    await notifications.addEndpoint(other, receiver.url, { ...flat, secret: 'a-secret-of-the-tenant' });
    await notifications.publish(other, callEndedV1, call);
    const signed = await arrived(2);
    expect(signed.headers['x-kryonex-signature']).toMatch(/^sha256=[0-9a-f]{64}$/);
  });

  it('goes to whoever asked for the event, and what came later only to those who name it', async () => {
    const tenant = aTenant();
    const named = await Receiver.start();
    await notifications.addEndpoint(tenant, receiver.url, { events: ['*'] });
    await notifications.addEndpoint(tenant, named.url, { events: ['call.enriched', 'sms_received'] });
    await notifications.publish(tenant, callStartedV1, callStartedV1.sample);
    await notifications.publish(tenant, callEnrichedV1, { ...callEnrichedV1.sample });
    await notifications.publish(tenant, smsReceivedV1, smsReceivedV1.sample);
    const typesAt = ({ received }: Receiver) =>
      received.map(({ body }) => (JSON.parse(body) as { type: string }).type).sort();
    await eventually(() => {
      expect(typesAt(receiver)).toEqual(['call.started', 'message.received']);
      expect(typesAt(named)).toEqual(['call.enriched', 'message.received']);
    });
    await named.stop();
  });

  it('is one delivery however often the event comes', async () => {
    const tenant = aTenant();
    await notifications.addEndpoint(tenant, receiver.url);
    const { id } = await notifications.publish(tenant, callEndedV1, call);
    await Promise.all([1, 2, 3].map(() => notifications.publish(tenant, callEndedV1, call, id)));
    const delivery = await notifications.settled(tenant, 'delivered');
    expect(delivery.eventId).toBe(`msg_${id.replace(/-/g, '')}`);
    expect(receiver.received).toHaveLength(1);
  });
});
