import {
  creditsLowV1,
  fromContextHeaders,
  getTenantContact,
  newId,
  NotFound,
  type TenantContact,
  toWireError,
  trialEndingV1,
  Unavailable,
  usageThresholdV1,
} from '@parley/contracts';
import { eventually } from '@parley/testing';
import { type Mail, type RunningSandbox, startSandbox } from '../../sandbox/src';
import { aTenant, Notifications } from './notifications.harness';

describe('notices of billing', () => {
  let sandbox: RunningSandbox;
  let notifications: Notifications;
  const owners = new Map<string, TenantContact>();
  let identityIsAway = false;

  beforeAll(async () => {
    sandbox = await startSandbox({ port: 0, twilioAuthToken: 'unused', vapiSecret: 'unused' });
    notifications = await Notifications.start({ SANDBOX_URL: sandbox.url });
    await notifications.transport.serve({
      service: 'identity',
      subscriptions: [],
      answersRequests: true,
      backoffMs: () => 0,
      bury: async () => undefined,
      handleEvent: async () => undefined,
      handleRequest: async (operation, _body, headers) => {
        const { tenantId = '', userId } = fromContextHeaders(headers);
        if (identityIsAway) return { error: toWireError(new Unavailable('identity is away')) };
        const contact = operation === getTenantContact.name && !userId ? owners.get(tenantId) : undefined;
        return contact ? { body: JSON.stringify(contact) } : { error: toWireError(new NotFound()) };
      },
    });
  });
  afterAll(async () => {
    await notifications?.stop();
    await sandbox?.close();
  });

  function anOwnedTenant(locale: 'en' | 'fr') {
    const caller = aTenant();
    const email = `owner-${newId()}@plomberie-tremblay.ca`;
    const contact = { tenantName: 'Plomberie Tremblay', userId: newId(), email, name: 'Élise', locale };
    owners.set(caller.tenantId ?? '', contact);
    return { caller, email };
  }
  const mailbox = async (to: string): Promise<Mail[]> => {
    const response = await fetch(`${sandbox.url}/mailbox?to=${encodeURIComponent(to)}`);
    return ((await response.json()) as { mails: Mail[] }).mails;
  };
  const subjects = async (to: string) => (await mailbox(to)).map(({ subject }) => subject).sort();

  it('tell the owner in their language that credits are low, once however often that comes', async () => {
    const { caller, email } = anOwnedTenant('fr');
    const id = newId();
    for (let n = 0; n < 3; n++)
      await notifications.publish(caller, creditsLowV1, { balance: 4, threshold: 5 }, id);
    await eventually(async () =>
      expect(await subjects(email)).toEqual(['Plomberie Tremblay : il reste 4 crédits']),
    );
    // Refilled and low again is a fact of its own.
    await notifications.publish(caller, creditsLowV1, { balance: 2, threshold: 5 });
    await eventually(async () => expect(await subjects(email)).toHaveLength(2));
  });

  it('tell each level of use once per period, under whichever message it comes', async () => {
    const { caller, email } = anOwnedTenant('en');
    const levels = ['notice', 'soft', 'hard'] as const;
    const tell = async (periodStart: string): Promise<void> => {
      for (const level of [...levels, ...levels])
        await notifications.publish(caller, usageThresholdV1, {
          ...usageThresholdV1.sample,
          level,
          periodStart,
        });
    };
    await tell('2026-11-01T00:00:00.000Z');
    const once = [
      'Plomberie Tremblay: use has stopped (call minutes)',
      'Plomberie Tremblay: your allowance is nearly used (call minutes)',
      'Plomberie Tremblay: your allowance is used up (call minutes)',
    ];
    await eventually(async () => expect(await subjects(email)).toEqual(once));
    await tell('2026-12-01T00:00:00.000Z');
    await eventually(async () => expect(await subjects(email)).toHaveLength(6));
  });

  it('tell of a trial that ends', async () => {
    const { caller, email } = anOwnedTenant('en');
    await notifications.publish(caller, trialEndingV1, trialEndingV1.sample);
    await eventually(async () =>
      expect(await subjects(email)).toEqual(['Plomberie Tremblay: your trial ends on November 23, 2026']),
    );
  });

  it('wait for an identity that is away', async () => {
    const { caller, email } = anOwnedTenant('en');
    identityIsAway = true;
    await notifications.publish(caller, creditsLowV1, { balance: 1, threshold: 5 });
    identityIsAway = false;
    await eventually(async () => expect(await subjects(email)).toHaveLength(1), 20_000);
  });

  it('of a tenant without an owner go nowhere, and keep nobody waiting', async () => {
    const nobody = aTenant();
    await notifications.publish(nobody, creditsLowV1, { balance: 1, threshold: 5 });
    await eventually(async () => {
      const waiting = await notifications.database.query(
        `SELECT 1 FROM notifications_jobs._private_jobs j JOIN notifications_jobs._private_tasks t ON t.id = j.task_id
         WHERE t.identifier = 'billing-notices.send'`,
      );
      expect(waiting).toEqual([]);
    });
    const sent = await notifications.database.query(
      'SELECT 1 FROM notifications.billing_notices WHERE tenant_id = $1',
      [nobody.tenantId],
    );
    expect(sent).toEqual([]);
  });
});
