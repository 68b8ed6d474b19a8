import { type EmailRequestedV1, emailRequestedV1, newId, runAs, systemCaller } from '@parley/contracts';
import { eventually } from '@parley/testing';
import { type Mail, type RunningSandbox, startSandbox } from '../../sandbox/src';
import { EmailService } from '../src/email/email.service';
import { aTenant, Notifications } from './notifications.harness';

interface StoredEmail {
  status: string;
  attempts: number;
  provider_id: string | null;
  error: string | null;
  html_body: string | null;
  text_body: string | null;
  tenant_id: string | null;
}

describe('mails', () => {
  let sandbox: RunningSandbox;
  let notifications: Notifications;
  const caller = aTenant();

  const start = (env: Record<string, string> = {}) =>
    Notifications.start({ SANDBOX_URL: sandbox.url, EMAIL_RETRY_BASE_SECONDS: '0.05', ...env });
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
  });

  const anAddress = (): string => `elise-${newId()}@plomberie-tremblay.ca`;
  const request = (fields: Partial<EmailRequestedV1>): EmailRequestedV1 => ({
    ...emailRequestedV1.sample,
    ...fields,
  });
  const mailbox = async (to: string): Promise<Mail[]> => {
    const response = await fetch(`${sandbox.url}/mailbox?to=${encodeURIComponent(to)}`);
    return ((await response.json()) as { mails: Mail[] }).mails;
  };
  const stored = async (to: string, of = notifications): Promise<StoredEmail | undefined> => {
    const [row] = await of.database.query<StoredEmail>(
      'SELECT * FROM notifications.emails WHERE to_address = $1',
      [to],
    );
    return row;
  };
  const settled = (to: string, status: string, of = notifications): Promise<StoredEmail> =>
    eventually(async () => {
      const row = await stored(to, of);
      expect(row?.status).toBe(status);
      return row as StoredEmail;
    });
  const breakDown = () =>
    fetch(`${sandbox.url}/control/faults`, {
      method: 'PUT',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ errorRate5xx: 1 }),
    });

  it('go out in the language asked for, and leave no link behind', async () => {
    const to = anAddress();
    const link = 'https://app.parley.test/verify-email?token=vt_secret';
    await notifications.publish(caller, emailRequestedV1, request({ to, link, locale: 'fr' }));
    const row = await settled(to, 'sent');
    expect(row).toMatchObject({ attempts: 1, html_body: null, text_body: null, tenant_id: caller.tenantId });
    const [mail] = await mailbox(to);
    expect(mail).toMatchObject({
      id: row.provider_id,
      to: [to],
      from: 'Parley <no-reply@parley.example>',
      subject: 'Confirmez votre adresse courriel',
    });
    for (const body of [mail?.html, mail?.text]) expect(body).toContain(link);
    expect(JSON.stringify(row)).not.toContain('vt_secret');
  });

  it('go out once, however often the fact comes', async () => {
    const to = anAddress();
    const id = newId();
    for (let n = 0; n < 3; n++)
      await notifications.publish(caller, emailRequestedV1, request({ to, locale: 'en' }), id);
    await settled(to, 'sent');
    expect((await mailbox(to)).map(({ subject }) => subject)).toEqual(['Confirm your e-mail address']);
  });

  it('are asked for without a tenant too', async () => {
    const to = anAddress();
    const nobody = systemCaller(newId());
    await notifications.publish(nobody, emailRequestedV1, request({ to, template: 'password_changed' }));
    expect(await settled(to, 'sent')).toMatchObject({ tenant_id: null });
  });

  it('are tried again after an outage', async () => {
    const to = anAddress();
    await breakDown();
    await notifications.publish(caller, emailRequestedV1, request({ to }));
    await eventually(async () => expect((await stored(to))?.attempts).toBeGreaterThanOrEqual(1));
    await fetch(`${sandbox.url}/control/faults`, { method: 'DELETE' });
    const { attempts } = await settled(to, 'sent');
    expect(attempts).toBeGreaterThanOrEqual(2);
    expect(await mailbox(to)).toHaveLength(1);
  });

  it('are given up after five attempts, without their link', async () => {
    const to = anAddress();
    await breakDown();
    await notifications.publish(caller, emailRequestedV1, request({ to }));
    expect(await settled(to, 'failed')).toMatchObject({
      attempts: 5,
      error: '503 internal_server_error',
      html_body: null,
      text_body: null,
    });
    expect(await mailbox(to)).toEqual([]);
  });

  it('of a lost job are found by the sweep', async () => {
    const to = anAddress();
    const id = newId();
    await notifications.database.query(
      `INSERT INTO notifications.emails (id, template_key, locale, to_address, subject, html_body, text_body, provider,
         attempts, next_attempt_at)
       VALUES ($1, 'verify_email', 'en', $2, 'Lost', '<p>x</p>', 'x', 'resend', 1, now() - interval '2 minutes')`,
      [id, to],
    );
    const service = notifications.service.get(EmailService);
    await runAs(systemCaller(newId()), () => service.sweep());
    expect(await settled(to, 'sent')).toMatchObject({ attempts: 2 });
  });

  it('that the provider refuses are not tried again', async () => {
    const strict = await startSandbox({
      port: 0,
      twilioAuthToken: 'unused',
      vapiSecret: 'unused',
      resendApiKey: 'the-only-key',
    });
    const other = await start({ SANDBOX_URL: strict.url });
    try {
      const to = anAddress();
      await other.publish(caller, emailRequestedV1, request({ to }));
      expect(await settled(to, 'failed', other)).toMatchObject({ attempts: 1, error: '403 invalid_api_key' });
    } finally {
      await other.stop();
      await strict.close();
    }
  });

  it('do not wait for a provider that says nothing', async () => {
    const impatient = await start({ EMAIL_TIMEOUT_MS: '100', EMAIL_MAX_ATTEMPTS: '1' });
    try {
      await fetch(`${sandbox.url}/control/faults`, {
        method: 'PUT',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ slowMs: 400 }),
      });
      const to = anAddress();
      await impatient.publish(caller, emailRequestedV1, request({ to }));
      expect(await settled(to, 'failed', impatient)).toMatchObject({ error: 'no answer in time' });
    } finally {
      await impatient.stop();
    }
  });
});
