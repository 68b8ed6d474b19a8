import { createEndpoint, putDefaultEndpoint, updateEndpoint } from '@parley/contracts';
import { aTenant, Notifications } from './notifications.harness';
import { Receiver } from './receiver.harness';

describe('private addresses', () => {
  let notifications: Notifications;
  let inside: Receiver;

  beforeAll(async () => {
    notifications = await Notifications.start({ WEBHOOKS_ALLOW_PRIVATE_TARGETS: 'false' });
    inside = await Receiver.start();
  });
  afterAll(async () => {
    await notifications?.stop();
    await inside?.stop();
  });

  const hosts = [
    '127.0.0.1',
    '[::1]',
    '[::ffff:127.0.0.1]',
    '10.0.0.1',
    '169.254.169.254',
    '192.168.1.1',
    '100.64.0.1',
    '0x7f000001',
    '2130706433',
    '[fd00::1]',
    'localhost',
  ];

  it.each(hosts)('are refused when an endpoint is made: %s', async (host) => {
    await expect(
      notifications.ask(aTenant(), createEndpoint, { url: `http://${host}/hook` }),
    ).rejects.toMatchObject({
      kind: 'invalid',
      code: 'VALIDATION_FAILED',
      details: [expect.objectContaining({ field: 'url' })],
    });
  });

  it('are refused for the default endpoint and on a change too', async () => {
    const tenant = aTenant();
    const refused = { code: 'VALIDATION_FAILED', details: [expect.objectContaining({ field: 'url' })] };
    await expect(
      notifications.ask(tenant, putDefaultEndpoint, { url: 'http://127.0.0.1/hook' }),
    ).rejects.toMatchObject(refused);
    const { id } = await notifications.addEndpoint(tenant, 'https://93.184.216.34/hook');
    await expect(
      notifications.ask(tenant, updateEndpoint, { id, url: 'http://localhost/hook' }),
    ).rejects.toMatchObject(refused);
  });

  it('are refused with credentials in the URL as well', async () => {
    await expect(
      notifications.ask(aTenant(), createEndpoint, { url: 'https://user:word@93.184.216.34/hook' }),
    ).rejects.toMatchObject({ details: [{ field: 'url', message: 'must not hold credentials' }] });
  });

  it.each(['127.0.0.1', 'localhost', '[::ffff:127.0.0.1]'])(
    'are refused again when sending, should a name lead there by then: %s',
    async (host) => {
      const tenant = aTenant();
      const { id } = await notifications.addEndpoint(tenant, 'https://93.184.216.34/hook', {
        maxAttempts: 1,
      });
      const url = inside.url.replace('127.0.0.1', host);
      await notifications.database.query(
        'UPDATE notifications.webhook_endpoints SET url = $2 WHERE id = $1',
        [id, url],
      );
      await notifications.endCall(tenant);
      const dead = await notifications.settled(tenant, 'dead');
      expect(dead.lastError).toMatch(/^refused: .* private address$/);
      expect(inside.received).toHaveLength(0);
    },
  );
});

describe('plain http', () => {
  it('is refused in production, where https is not', async () => {
    const notifications = await Notifications.start({
      NODE_ENV: 'production',
      ALLOW_SANDBOX: 'true',
      WEBHOOKS_ALLOW_PRIVATE_TARGETS: 'false',
    });
    const tenant = aTenant();
    await expect(
      notifications.ask(tenant, createEndpoint, { url: 'http://93.184.216.34/hook' }),
    ).rejects.toMatchObject({ details: [{ field: 'url', message: 'must be an https URL' }] });
    await expect(notifications.addEndpoint(tenant, 'https://93.184.216.34/hook')).resolves.toBeDefined();
    await notifications.stop();
  });
});
