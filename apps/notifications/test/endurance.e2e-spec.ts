import { newId, runAs, systemCaller } from '@parley/contracts';
import { eventually } from '@parley/testing';
import { Sweeper } from '../src/sending/sweeper';
import { aTenant, Notifications } from './notifications.harness';
import { Receiver } from './receiver.harness';

describe('sending under adverse conditions', () => {
  let notifications: Notifications;

  beforeAll(async () => {
    notifications = await Notifications.start({ WEBHOOK_TIMEOUT_MS: '10000' });
  });
  afterAll(() => notifications?.stop());

  it('does not let an endpoint that never answers delay another', async () => {
    const tenant = aTenant();
    const silent = await Receiver.start(() => undefined);
    const healthy = await Receiver.start();
    await notifications.addEndpoint(tenant, silent.url);
    await notifications.addEndpoint(tenant, healthy.url);
    const started = Date.now();
    await Promise.all(Array.from({ length: 100 }, () => notifications.endCall(tenant)));
    await eventually(() => expect(healthy.received).toHaveLength(100));
    expect(Date.now() - started).toBeLessThan(10_000);
    expect(silent.received.length).toBeLessThanOrEqual(5);
    await silent.stop();
    await healthy.stop();
  });

  it('asks a broken endpoint one delivery at a time, and catches up when it is back', async () => {
    const tenant = aTenant();
    const state = { broken: true, now: 0, most: 0 };
    const receiver = await Receiver.start((response) => {
      state.now++;
      state.most = Math.max(state.most, state.now);
      setTimeout(() => {
        state.now--;
        response.writeHead(state.broken ? 500 : 200).end();
      }, 20);
    });
    await notifications.addEndpoint(tenant, receiver.url, { maxAttempts: 30 });
    await Promise.all(Array.from({ length: 30 }, () => notifications.endCall(tenant)));
    await eventually(() => expect(receiver.received.length).toBeGreaterThanOrEqual(10));
    expect(state.most).toBeLessThanOrEqual(5);
    const before = receiver.received.length;
    state.most = state.now;
    await eventually(() => expect(receiver.received.length).toBeGreaterThanOrEqual(before + 2), 20_000);
    expect(state.most).toBe(1);
    state.broken = false;
    await eventually(async () => {
      const deliveries = await notifications.deliveries(tenant);
      expect(deliveries.filter(({ status }) => status === 'delivered')).toHaveLength(30);
    }, 20_000);
    await receiver.stop();
  });

  it('makes an attempt again that a killed process began, under the same id', async () => {
    const tenant = aTenant();
    const receiver = await Receiver.start();
    await notifications.addEndpoint(tenant, receiver.url);
    await notifications.endCall(tenant);
    const { id, eventId } = await notifications.settled(tenant, 'delivered');
    // What a kill between claim and answer leaves behind: the row alone, its job locked for hours.
    await notifications.database.query(
      `UPDATE notifications.webhook_deliveries SET status = 'delivering', attempts = 2, delivered_at = NULL,
         claimed_at = now() - interval '1 minute' WHERE id = $1`,
      [id],
    );
    await runAs(systemCaller('sweep'), () => notifications.service.get(Sweeper).sweep());
    const again = await notifications.settled(tenant, 'delivered');
    expect(again.attempts).toBe(2);
    expect(receiver.received.map(({ headers }) => headers['webhook-id'])).toEqual([eventId, eventId]);
    await receiver.stop();
  });

  it('finds what is overdue although its job is lost, and removes old logs', async () => {
    const tenant = aTenant();
    const receiver = await Receiver.start();
    const { id: endpointId } = await notifications.addEndpoint(tenant, receiver.url);
    await notifications.endCall(tenant);
    const delivered = await notifications.settled(tenant, 'delivered');
    await notifications.database.query(
      `UPDATE notifications.webhook_deliveries SET status = 'pending', next_attempt_at = now() - interval '5 minutes'
       WHERE id = $1`,
      [delivered.id],
    );
    await runAs(systemCaller('sweep'), () => notifications.service.get(Sweeper).sweep());
    await eventually(() => expect(receiver.received).toHaveLength(2));
    await notifications.settled(tenant, 'delivered');

    const old = '0190a3a0-7b6e-7c3a-9f00-3f6f5b8c0001';
    await notifications.database.query(
      `INSERT INTO notifications.webhook_events (id, tenant_id, type, created_at)
         VALUES ('msg_old', $1, 'call.ended', now() - interval '40 days')`,
      [tenant.tenantId],
    );
    await notifications.database.query(
      `INSERT INTO notifications.webhook_deliveries (id, tenant_id, endpoint_id, event_id, event_type, payload_format,
         max_attempts, status, created_at)
       VALUES ($1, $2, $3, 'msg_old', 'call.ended', 'standard', 5, 'delivered', now() - interval '40 days')`,
      [old, tenant.tenantId, endpointId],
    );
    await notifications.service.get(Sweeper).prune();
    const kept = await notifications.database.query<{ id: string }>(
      'SELECT id FROM notifications.webhook_events WHERE tenant_id = $1',
      [tenant.tenantId],
    );
    expect(kept.map(({ id }) => id)).toEqual([delivered.eventId]);
    expect((await notifications.deliveries(tenant)).map(({ id }) => id)).toEqual([delivered.id]);
    await receiver.stop();
  });

  it('delivers a burst to many endpoints, each event once to each', async () => {
    const tenant = aTenant();
    const receivers = await Promise.all(Array.from({ length: 5 }, () => Receiver.start()));
    for (const { url } of receivers) await notifications.addEndpoint(tenant, url);
    const started = performance.now();
    const events = Array.from({ length: 200 }, () => newId());
    await Promise.all(events.map(() => notifications.endCall(tenant)));
    await eventually(() => {
      for (const { received } of receivers) expect(received).toHaveLength(200);
    }, 30_000);
    const seconds = (performance.now() - started) / 1000;
    for (const { received } of receivers) {
      expect(new Set(received.map(({ headers }) => headers['webhook-id'])).size).toBe(200);
    }
    process.stdout.write(`1000 deliveries in ${seconds.toFixed(1)} s\n`);
    for (const receiver of receivers) await receiver.stop();
  });
});
