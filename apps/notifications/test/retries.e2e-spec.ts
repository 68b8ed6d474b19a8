import {
  getEndpoint,
  retryDelivery,
  updateEndpoint,
  webhookDeliveryDeadV1,
  type WebhookDeliveryDeadV1,
  webhookEndpointStoppedV1,
} from '@parley/contracts';
import { eventually } from '@parley/testing';
import { Webhook } from 'standardwebhooks';
import { aTenant, Notifications } from './notifications.harness';
import { answering, Receiver } from './receiver.harness';

describe('when a receiver does not take it', () => {
  let notifications: Notifications;
  const receivers: Receiver[] = [];
  const published: { type: string; payload: object }[] = [];

  const receiver = async (...parameters: Parameters<typeof Receiver.start>): Promise<Receiver> => {
    const started = await Receiver.start(...parameters);
    receivers.push(started);
    return started;
  };

  beforeAll(async () => {
    notifications = await Notifications.start();
    await notifications.transport.observe(
      [webhookDeliveryDeadV1.type, webhookEndpointStoppedV1.type],
      ({ meta, payload }) => void published.push({ type: meta.type, payload: payload as object }),
    );
  });
  afterAll(async () => {
    await notifications?.stop();
    for (const each of receivers) await each.stop();
  });

  it('tries five times with one id and a fresh signature, then gives up and says so', async () => {
    const tenant = aTenant();
    const failing = await receiver(answering(500));
    const { secret } = await notifications.addEndpoint(tenant, failing.url);
    await notifications.endCall(tenant);
    const dead = await notifications.settled(tenant, 'dead');

    expect(failing.received).toHaveLength(5);
    expect(new Set(failing.received.map(({ headers }) => headers['webhook-id']))).toEqual(
      new Set([dead.eventId]),
    );
    expect(new Set(failing.received.map(({ body }) => body)).size).toBe(1);
    for (const { body, headers } of failing.received) {
      expect(() => new Webhook(secret ?? '').verify(body, headers as Record<string, string>)).not.toThrow();
    }
    expect(dead).toMatchObject({
      attempts: 5,
      responseStatus: 500,
      lastError: 'status 500',
      nextAttemptAt: null,
    });
    expect(dead.attemptLog.map(({ number }) => number)).toEqual([1, 2, 3, 4, 5]);
    expect(dead.attemptLog[0]).toMatchObject({
      responseStatus: 500,
      responseBody: '{"message":"no"}',
      requestHeaders: {
        'webhook-id': dead.eventId,
        'webhook-signature': expect.stringMatching(/^v1,/) as string,
      },
    });
    const announced = await eventually(() => {
      const found = published.find(
        ({ payload }) => (payload as WebhookDeliveryDeadV1).deliveryId === dead.id,
      );
      expect(found).toBeDefined();
      return found;
    });
    expect(announced?.payload).toMatchObject({ attempts: 5, reason: 'status 500', eventType: 'call.ended' });
  });

  it('delivers at the attempt that is taken', async () => {
    const tenant = aTenant();
    const moody = await receiver((response, _received, count) =>
      response.writeHead(count < 3 ? 500 : 200).end(),
    );
    await notifications.addEndpoint(tenant, moody.url);
    await notifications.endCall(tenant);
    await expect(notifications.settled(tenant, 'delivered')).resolves.toMatchObject({
      attempts: 3,
      lastError: null,
    });
  });

  it('follows the schedule of the endpoint', async () => {
    const tenant = aTenant();
    const failing = await receiver(answering(404));
    await notifications.addEndpoint(tenant, failing.url, { scheduleSeconds: [0, 1] });
    await notifications.endCall(tenant);
    const dead = await notifications.settled(tenant, 'dead');
    expect(dead.maxAttempts).toBe(3);
    const [, second = 0, third = 0] = failing.received.map(({ at }) => at);
    expect(third - second).toBeGreaterThanOrEqual(1_000);
  });

  it.each([
    ['seconds', () => '2'],
    ['a date', () => new Date(Date.now() + 3_000).toUTCString()],
  ])('leaves the endpoint alone as long as Retry-After asks, given as %s', async (_form, value) => {
    const tenant = aTenant();
    const busy = await receiver((response, _received, count) =>
      count === 1 ? answering(429, { 'retry-after': value() })(response, _received, count) : response.end(),
    );
    await notifications.addEndpoint(tenant, busy.url);
    await notifications.endCall(tenant);
    await eventually(() => expect(busy.received).toHaveLength(1));
    await eventually(async () => expect((await notifications.deliveries(tenant))[0]?.status).toBe('failed'));
    await notifications.endCall(tenant);
    await eventually(async () => {
      const statuses = (await notifications.deliveries(tenant)).map(({ status }) => status);
      expect(statuses).toEqual(['delivered', 'delivered']);
    }, 20_000);
    const [first = 0, ...later] = busy.received.map(({ at }) => at);
    for (const at of later) expect(at - first).toBeGreaterThanOrEqual(1_900);
  });

  it('sends no more to an endpoint that is gone', async () => {
    const tenant = aTenant();
    const gone = await receiver(answering(410));
    const { id } = await notifications.addEndpoint(tenant, gone.url);
    await notifications.endCall(tenant);
    await notifications.settled(tenant, 'dead');
    await expect(notifications.ask(tenant, getEndpoint, { id })).resolves.toMatchObject({
      status: 'disabled',
      statusReason: 'The receiver answered 410 Gone',
    });
    await notifications.endCall(tenant);
    await expect(notifications.deliveries(tenant)).resolves.toHaveLength(1);
    await eventually(() =>
      expect(published.map(({ type }) => type)).toContain(webhookEndpointStoppedV1.type),
    );
  });

  it('does not follow a redirect', async () => {
    const tenant = aTenant();
    const elsewhere = await receiver();
    const redirecting = await receiver(answering(307, { location: elsewhere.url }));
    await notifications.addEndpoint(tenant, redirecting.url, { maxAttempts: 1 });
    await notifications.endCall(tenant);
    const dead = await notifications.settled(tenant, 'dead');
    expect(dead).toMatchObject({ responseStatus: 307, lastError: 'status 307: redirects are not followed' });
    expect(elsewhere.received).toHaveLength(0);
  });

  it('does not wait for an answer that only drips', async () => {
    const tenant = aTenant();
    const dripping = await receiver((response) => {
      const drip = setInterval(() => response.socket?.write('H'), 100);
      response.on('close', () => clearInterval(drip));
      response.socket?.write('HTTP/1.1 200 OK\r\nx-slow: ');
    });
    await notifications.addEndpoint(tenant, dripping.url, { maxAttempts: 1 });
    await notifications.endCall(tenant);
    const dead = await notifications.settled(tenant, 'dead');
    expect(dead.lastError).toBe('no answer within 1000 ms');
    expect(dead.durationMs).toBeLessThan(2_000);
  });

  it('takes a 2xx for what it is, however long its body takes', async () => {
    const tenant = aTenant();
    const endless = await receiver((response) => {
      const drip = setInterval(() => response.write('x'), 50);
      response.on('close', () => clearInterval(drip));
      response.writeHead(200).write('started');
    });
    await notifications.addEndpoint(tenant, endless.url);
    await notifications.endCall(tenant);
    const delivered = await notifications.settled(tenant, 'delivered');
    expect(delivered.attemptLog[0]?.responseBody).toMatch(/^startedx*$/);
    expect(endless.received).toHaveLength(1);
  });

  it('keeps the first kilobyte of an answer', async () => {
    const tenant = aTenant();
    const talkative = await receiver((response) => response.end('é'.repeat(100_000)));
    await notifications.addEndpoint(tenant, talkative.url);
    await notifications.endCall(tenant);
    const { attemptLog } = await notifications.settled(tenant, 'delivered');
    expect(attemptLog[0]?.responseBody).toBe('é'.repeat(512));
  });

  it('tries again when nobody answered, and a person may try once more with the same id', async () => {
    const tenant = aTenant();
    const closed = await receiver();
    const { id } = await notifications.addEndpoint(tenant, closed.url, { maxAttempts: 2 });
    await closed.stop();
    await notifications.endCall(tenant);
    const dead = await notifications.settled(tenant, 'dead');
    expect(dead.lastError).toMatch(/^ECONNREFUSED/);

    const open = await receiver();
    await notifications.ask(tenant, updateEndpoint, { id, url: open.url });
    const due = await notifications.ask(tenant, retryDelivery, { id: dead.id });
    expect(due).toMatchObject({ status: 'pending', eventId: dead.eventId });
    const delivered = await notifications.settled(tenant, 'delivered');
    expect(delivered).toMatchObject({ attempts: 3, eventId: dead.eventId });
    expect(open.received[0]?.headers['webhook-id']).toBe(dead.eventId);

    await notifications.ask(tenant, retryDelivery, { id: dead.id, endpointId: id });
    await eventually(() => expect(open.received).toHaveLength(2));
    expect(open.received[1]?.headers['webhook-id']).toBe(dead.eventId);
  });
});
