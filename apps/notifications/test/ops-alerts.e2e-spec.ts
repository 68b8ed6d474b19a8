import { newId, type OpsAlertRaisedV1, opsAlertRaisedV1, systemCaller } from '@parley/contracts';
import { eventually } from '@parley/testing';
import { type Mail, type RunningSandbox, startSandbox } from '../../sandbox/src';
import { aTenant, Notifications } from './notifications.harness';

interface StoredAlert {
  slack_status: string;
  slack_attempts: number;
  slack_error: string | null;
  attempts_log: { attempt: number; error: string | null }[];
}

describe('ops alerts', () => {
  let sandbox: RunningSandbox;
  let notifications: Notifications;

  const start = (env: Record<string, string> = {}) =>
    Notifications.start({ SANDBOX_URL: sandbox.url, OPS_RETRY_BASE_SECONDS: '0.05', ...env });
  beforeAll(async () => {
    sandbox = await startSandbox({ port: 0, twilioAuthToken: 'unused', vapiSecret: 'unused' });
    notifications = await start();
  });
  afterAll(async () => {
    await notifications?.stop();
    await sandbox?.close();
  });
  afterEach(async () => {
    await fetch(`${sandbox.url}/control/faults`, { method: 'DELETE' });
    await fetch(`${sandbox.url}/slack/messages`, { method: 'DELETE' });
  });

  const anAlert = (fields: Partial<OpsAlertRaisedV1> = {}): OpsAlertRaisedV1 => ({
    ...opsAlertRaisedV1.sample,
    dedupeKey: newId(),
    ...fields,
  });
  const messages = async (): Promise<string[]> => {
    const response = await fetch(`${sandbox.url}/slack/messages`);
    return ((await response.json()) as { messages: { text: string }[] }).messages.map(({ text }) => text);
  };
  const stored = async ({ dedupeKey }: OpsAlertRaisedV1): Promise<StoredAlert | undefined> => {
    const [row] = await notifications.database.query<StoredAlert>(
      'SELECT * FROM notifications.ops_alerts WHERE dedupe_key = $1',
      [dedupeKey],
    );
    return row;
  };
  const breakDown = () =>
    fetch(`${sandbox.url}/control/faults`, {
      method: 'PUT',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ errorRate5xx: 1 }),
    });

  it('reach Slack once per key, from whichever tenant and message', async () => {
    const alert = anAlert();
    await notifications.publish(aTenant(), opsAlertRaisedV1, alert);
    await notifications.publish(systemCaller(newId()), opsAlertRaisedV1, alert);
    await notifications.publish(aTenant(), opsAlertRaisedV1, { ...alert, message: 'said otherwise' });
    await eventually(async () => expect(await stored(alert)).toMatchObject({ slack_status: 'sent' }));
    expect(await messages()).toEqual([
      ':rotating_light: CRITICAL usage_hard_stop: User exceeded usage limit',
    ]);
  });

  it('carry no markup of others', async () => {
    const alert = anAlert({ message: '<!channel> & more' });
    await notifications.publish(aTenant(), opsAlertRaisedV1, alert);
    await eventually(async () => expect((await messages()).join()).toContain('&lt;!channel&gt; &amp; more'));
  });

  it('are tried again after an outage', async () => {
    const alert = anAlert();
    await breakDown();
    await notifications.publish(aTenant(), opsAlertRaisedV1, alert);
    await eventually(async () => expect((await stored(alert))?.slack_attempts).toBeGreaterThanOrEqual(1));
    await fetch(`${sandbox.url}/control/faults`, { method: 'DELETE' });
    await eventually(async () => expect(['sent', 'failed']).toContain((await stored(alert))?.slack_status));
    expect(await stored(alert)).toMatchObject({ slack_status: 'sent' });
    expect(await messages()).toHaveLength(1);
  });

  it('are given up after three tries, each written down', async () => {
    const alert = anAlert();
    await breakDown();
    await notifications.publish(aTenant(), opsAlertRaisedV1, alert);
    await eventually(async () => expect((await stored(alert))?.slack_status).toBe('failed'));
    const row = await stored(alert);
    expect(row).toMatchObject({ slack_attempts: 3, slack_error: '503' });
    expect(row?.attempts_log.map(({ attempt, error }) => [attempt, error])).toEqual([
      [1, '503'],
      [2, '503'],
      [3, '503'],
    ]);
    expect(await messages()).toEqual([]);
  });

  it('go by mail where an address is set', async () => {
    const to = `ops-${newId()}@parley.test`;
    const other = await start({ OPS_EMAIL: to });
    try {
      await other.publish(aTenant(), opsAlertRaisedV1, anAlert());
      await eventually(async () => {
        const response = await fetch(`${sandbox.url}/mailbox?to=${encodeURIComponent(to)}`);
        const { mails } = (await response.json()) as { mails: Mail[] };
        expect(mails.map(({ subject }) => subject)).toEqual([
          '[critical] usage_hard_stop: User exceeded usage limit',
        ]);
      });
      expect(await messages()).toEqual([]);
    } finally {
      await other.stop();
    }
  });
});
