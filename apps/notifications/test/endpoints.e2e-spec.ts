import { randomBytes } from 'node:crypto';
import {
  createEndpoint,
  type CreateEndpointRequest,
  deleteEndpoint,
  getDefaultEndpoint,
  getDelivery,
  getDeliveryStats,
  getEndpoint,
  listDeliveries,
  listEndpoints,
  newId,
  putDefaultEndpoint,
  retryDelivery,
  rotateEndpointSecret,
  testEndpoint,
  updateEndpoint,
} from '@parley/contracts';
import { eventually } from '@parley/testing';
import { Webhook } from 'standardwebhooks';
import { aTenant, Notifications } from './notifications.harness';
import { answering, type Received, Receiver } from './receiver.harness';

describe('webhook endpoints', () => {
  let notifications: Notifications;
  let receiver: Receiver;
  let failing: Receiver;

  beforeAll(async () => {
    notifications = await Notifications.start();
    receiver = await Receiver.start();
    failing = await Receiver.start(answering(500));
  });
  afterAll(async () => {
    await notifications?.stop();
    await receiver?.stop();
    await failing?.stop();
  });
  afterEach(() => void receiver.received.splice(0));

  const firstReceived = (): Promise<Received> =>
    eventually(() => {
      expect(receiver.received).toHaveLength(1);
      return receiver.received[0] as Received;
    });

  it('shows a secret it made once and custom headers by name only', async () => {
    const tenant = aTenant();
    const headers = { Authorization: 'Bearer of-the-receiver' };
    const made = await notifications.addEndpoint(tenant, receiver.url, { name: 'CRM', headers });
    expect(made).toMatchObject({
      name: 'CRM',
      events: ['*'],
      payloadFormat: 'standard',
      status: 'active',
      maxAttempts: 5,
      headerNames: ['authorization'],
      secret: expect.stringMatching(/^whsec_.{44}$/) as string,
    });
    const shown = await notifications.ask(tenant, getEndpoint, { id: made.id });
    expect(shown).toMatchObject({ secretMask: '••••••••', headerNames: ['authorization'] });
    expect(JSON.stringify(shown)).not.toContain(made.secret);
    expect(JSON.stringify(shown)).not.toContain('of-the-receiver');

    await notifications.endCall(tenant);
    const { headers: sent } = await firstReceived();
    expect(sent['authorization']).toBe('Bearer of-the-receiver');
    const log = await notifications.settled(tenant, 'delivered');
    expect(log.attemptLog[0]?.requestHeaders).toMatchObject({ authorization: '[hidden]' });
    const [row] = await notifications.database.query<{ sealed: Buffer }>(
      'SELECT secret_enc || headers_enc AS sealed FROM notifications.webhook_endpoints WHERE id = $1',
      [made.id],
    );
    expect(row?.sealed.includes('of-the-receiver')).toBe(false);
  });

  it.each<[string, Partial<CreateEndpointRequest>, string]>([
    ['an event that nobody sends', { events: ['call.exploded'] }, 'events.0'],
    ['no event at all', { events: [] }, 'events'],
    ['a header of ours', { headers: { 'Webhook-Id': 'x' } }, 'headers.webhook-id'],
    ['a header that smuggles', { headers: { 'x-a': 'b\r\nhost: c' } }, 'headers.x-a'],
    ['a whsec_ secret that is too short', { secret: `whsec_${randomBytes(8).toString('base64')}` }, 'secret'],
    ['a schedule without an end', { scheduleSeconds: [-1] }, 'scheduleSeconds'],
    ['a URL that is none', { url: 'nowhere' }, 'url'],
  ])('refuses %s, naming the field', async (_fault, request, field) => {
    await expect(
      notifications.ask(aTenant(), createEndpoint, { url: receiver.url, ...request }),
    ).rejects.toMatchObject({ code: 'VALIDATION_FAILED', details: [expect.objectContaining({ field })] });
  });

  it('keeps one default endpoint per tenant, also when two callers set it at once', async () => {
    const tenant = aTenant();
    await expect(notifications.ask(tenant, getDefaultEndpoint, {})).resolves.toEqual({ endpoint: null });
    const answers = await Promise.all(
      [1, 2, 3].map(() => notifications.ask(tenant, putDefaultEndpoint, { url: receiver.url })),
    );
    expect(new Set(answers.map(({ id }) => id)).size).toBe(1);
    expect(answers.filter(({ secret }) => secret !== null)).toHaveLength(1);
    await expect(notifications.ask(tenant, getDefaultEndpoint, {})).resolves.toMatchObject({
      endpoint: { isDefault: true, payloadFormat: 'n8n', url: receiver.url, secretMask: '••••••••' },
    });
  });

  it('signs with both secrets while a rotation lasts', async () => {
    const tenant = aTenant();
    const made = await notifications.addEndpoint(tenant, receiver.url);
    const rotated = await notifications.ask(tenant, rotateEndpointSecret, { id: made.id });
    expect(rotated.secret).not.toBe(made.secret);
    const hours = (Date.parse(rotated.previousSecretUntil ?? '') - Date.now()) / 3_600_000;
    expect(Math.round(hours)).toBe(24);

    await notifications.endCall(tenant);
    const { body, headers } = await firstReceived();
    expect(String(headers['webhook-signature']).split(' ')).toHaveLength(2);
    for (const secret of [made.secret, rotated.secret]) {
      expect(() => new Webhook(secret ?? '').verify(body, headers as Record<string, string>)).not.toThrow();
    }

    await notifications.database.query(
      "UPDATE notifications.webhook_endpoints SET prev_secret_until = now() - interval '1 second' WHERE id = $1",
      [made.id],
    );
    await notifications.endCall(tenant);
    await eventually(() => expect(receiver.received).toHaveLength(2));
    expect(String(receiver.received[1]?.headers['webhook-signature']).split(' ')).toHaveLength(1);
  });

  it('sends a test on demand and tells the answer, without counting it against the endpoint', async () => {
    const tenant = aTenant();
    const good = await notifications.addEndpoint(tenant, receiver.url, { events: ['call.started'] });
    await expect(notifications.ask(tenant, testEndpoint, { id: good.id })).resolves.toMatchObject({
      status: 'delivered',
      responseStatus: 200,
      error: null,
    });
    expect(JSON.parse((await firstReceived()).body)).toMatchObject({ type: 'webhook.test' });

    const bad = await notifications.addEndpoint(tenant, failing.url, { events: ['call.started'] });
    await expect(notifications.ask(tenant, testEndpoint, { id: bad.id })).resolves.toMatchObject({
      status: 'dead',
      responseStatus: 500,
      error: 'status 500',
    });
    await expect(notifications.ask(tenant, getEndpoint, { id: bad.id })).resolves.toMatchObject({
      status: 'active',
      consecutiveFailures: 0,
    });
  });

  it('gets nothing while paused', async () => {
    const tenant = aTenant();
    const { id } = await notifications.addEndpoint(tenant, receiver.url);
    await notifications.ask(tenant, updateEndpoint, { id, status: 'paused' });
    await notifications.endCall(tenant);
    await expect(notifications.deliveries(tenant)).resolves.toHaveLength(0);
    await expect(notifications.ask(tenant, testEndpoint, { id })).rejects.toMatchObject({
      code: 'STATE_CONFLICT',
    });
    await notifications.ask(tenant, updateEndpoint, { id, status: 'active' });
    await notifications.endCall(tenant);
    await notifications.settled(tenant, 'delivered');
  });

  it('is removed with its log', async () => {
    const tenant = aTenant();
    const { id } = await notifications.addEndpoint(tenant, receiver.url);
    await notifications.endCall(tenant);
    await notifications.settled(tenant, 'delivered');
    await notifications.ask(tenant, deleteEndpoint, { id });
    await expect(notifications.deliveries(tenant)).resolves.toEqual([]);
    await expect(notifications.ask(tenant, deleteEndpoint, { id })).rejects.toMatchObject({
      kind: 'notFound',
    });
  });

  it('lists deliveries newest first by page and filter, and counts them', async () => {
    const tenant = aTenant();
    const good = await notifications.addEndpoint(tenant, receiver.url);
    const bad = await notifications.addEndpoint(tenant, failing.url, { maxAttempts: 1 });
    for (let n = 0; n < 3; n++) await notifications.endCall(tenant);
    await eventually(async () => {
      const stats = await notifications.ask(tenant, getDeliveryStats, {});
      expect(stats).toMatchObject({ total: 6, delivered: 3, dead: 3, successRate: 0.5, pending: 0 });
      expect(stats.days).toMatchObject([{ delivered: 3, dead: 3 }]);
      expect(stats.p95LatencyMs).toBeGreaterThanOrEqual(0);
    });
    const page = await notifications.ask(tenant, listDeliveries, { limit: 4 });
    const rest = await notifications.ask(tenant, listDeliveries, { limit: 4, cursor: page.nextCursor ?? '' });
    const ids = [...page.data, ...rest.data].map(({ id }) => id);
    expect(ids).toEqual([...ids].sort().reverse());
    expect(ids).toHaveLength(6);
    expect(rest.nextCursor).toBeNull();

    const of = async (filter: object): Promise<number> =>
      (await notifications.ask(tenant, listDeliveries, filter)).data.length;
    await expect(of({ status: 'dead' })).resolves.toBe(3);
    await expect(of({ endpointId: good.id })).resolves.toBe(3);
    await expect(of({ endpointId: bad.id, status: 'delivered' })).resolves.toBe(0);
    await expect(of({ eventType: 'call.started' })).resolves.toBe(0);
    await expect(of({ isTest: true })).resolves.toBe(0);
    const cursor = Buffer.from('["nobody"]').toString('base64url');
    await expect(of({ cursor })).rejects.toMatchObject({
      details: [expect.objectContaining({ field: 'cursor' })],
    });
  });

  it('is nobody else’s: not to be seen, changed, used or found by its id', async () => {
    const owner = aTenant();
    const stranger = aTenant();
    const { id } = await notifications.addEndpoint(owner, receiver.url);
    await notifications.endCall(owner);
    const delivery = await notifications.settled(owner, 'delivered');
    const unseen = { kind: 'notFound', code: 'NOT_FOUND' };

    await expect(notifications.ask(stranger, listEndpoints, {})).resolves.toEqual({ data: [] });
    await expect(notifications.deliveries(stranger)).resolves.toEqual([]);
    for (const operation of [getEndpoint, rotateEndpointSecret, testEndpoint, deleteEndpoint]) {
      await expect(
        notifications.ask<{ id: string }, object>(stranger, operation, { id }),
      ).rejects.toMatchObject(unseen);
    }
    await expect(notifications.ask(stranger, updateEndpoint, { id, name: 'mine' })).rejects.toMatchObject(
      unseen,
    );
    for (const operation of [getDelivery, retryDelivery]) {
      await expect(
        notifications.ask<{ id: string }, object>(stranger, operation, { id: delivery.id }),
      ).rejects.toMatchObject(unseen);
    }
    await expect(
      notifications.ask(owner, retryDelivery, { id: delivery.id, endpointId: newId() }),
    ).rejects.toMatchObject(unseen);
    await expect(notifications.ask(stranger, getDeliveryStats, {})).resolves.toMatchObject({ total: 0 });
    await notifications.endCall(stranger);
    expect(receiver.received).toHaveLength(1);
  });
});
