import { randomBytes } from 'node:crypto';
import { globSync, readFileSync } from 'node:fs';
import type { INestApplication } from '@nestjs/common';
import { type AuditEntry, type AuditVerification, newId } from '@parley/contracts';
import { InProcessTransport } from '@parley/messaging';
import { startService } from '@parley/platform';
import { eventually } from '@parley/testing';
import { describeApi, gatewayWithoutData } from '../apps/gateway/src';
import { type Answer, type Member, TestPlatform } from './support/platform';

type Body = Record<string, unknown>;

/** What is done here, through the gateway, and looked up in the trail. */
const DONE_HERE = [
  ...['plan.edited', 'pack.edited', 'credits.adjusted', 'usage.paused', 'usage.resumed', 'plan.comped'],
  ...['module.overridden', 'quota.set', 'referral-settings.changed', 'referral-code.switched-off'],
  ...['reconciliation.started', 'checkout-link.made', 'phone-number.added', 'integration.changed'],
  ...['webhook-endpoint.added', 'webhook-endpoint.changed', 'webhook-endpoint.secret-rotated'],
  ...['webhook-delivery.retried', 'webhook-endpoint.removed', 'webhook.replayed'],
  ...['dead-letter.requeued', 'dead-letter.discarded'],
  ...['provider-key.set', 'provider-key.removed', 'system-config.set', 'system-config.rolled-back'],
  ...['system-config.removed', 'privacy.requested', 'privacy.cancelled', 'retention.changed'],
  ...[
    'api-key.created',
    'api-key.rotated',
    'api-key.revoked',
    'tenant.agency-changed',
    'sub-account.created',
  ],
  ...['account.created', 'onboarding.started'],
] as const;

const PLATFORM_WIDE = /^(plan\.edited|pack\.|referral-settings|reconciliation\.|system-config)/;
const OF_NEW_TENANTS = /^(account\.|onboarding\.)/;
const BY_TENANT = /^(webhook-|phone-number|integration|provider-key|api-key|retention)/;
const BROWSER = 'a browser of a person';

describe('acts by routes', () => {
  let platform: TestPlatform;
  let admin: Member;
  let owner: Member;
  let leaver: Member;
  /** Of the owner as well. */
  let companyId: string;

  beforeAll(async () => {
    platform = await TestPlatform.start({ RATE_LIMIT_AUTH: '100000' });
    admin = await platform.signUpAdmin();
    owner = await platform.signUp();
    leaver = await platform.signUp('Leaver');
  });
  afterAll(() => platform?.close());

  const as = async (member: Member, method: string, path: string, body?: object): Promise<Body> => {
    const answer = await platform.call<Body>(method, `/v1${path}`, {
      token: member.accessToken,
      ...(body ? { body } : {}),
      headers: { 'user-agent': BROWSER },
    });
    if (answer.status >= 300) throw new Error(`${method} ${path}: ${JSON.stringify(answer.body)}`);
    return answer.body;
  };
  const root = (method: string, path: string, body?: object) => as(admin, method, path, body);
  const own = (method: string, path: string, body?: object) => as(owner, method, path, body);
  /** In the one it belongs in: what an agency does to a sub-account is in both theirs. */
  const trail = async (action: string): Promise<AuditEntry[]> => {
    const { data } = await root('GET', `/admin/audit-logs?action=${action}&limit=50`);
    return (data as AuditEntry[]).filter(
      ({ tenantId }) => OF_NEW_TENANTS.test(action) || tenantId === whoseAct(action)[0],
    );
  };
  const deadLetter = async (): Promise<string> => {
    const [id, eventId] = [newId(), newId()];
    const meta = { id: eventId, source: 'billing', type: 'nobody.listens.any-more.v1', subject: eventId };
    const headers = { ...meta, time: new Date().toISOString(), correlationId: 'r', tenantId: owner.tenantId };
    await platform.database.query(
      `INSERT INTO billing.dead_letters (id, handler, type, event_id, tenant_id, payload, headers, reason, attempts)
       VALUES ($1, 'billing', $2, $3, $4, '{"phone": "+15145550100"}', $5, 'test', 1)`,
      [id, meta.type, eventId, owner.tenantId, JSON.stringify(headers)],
    );
    return id;
  };
  const journalEntry = async (): Promise<string> => {
    const id = newId();
    await platform.database.query(
      `INSERT INTO telephony.journal (id, provider, kind, tenant_id, dedupe_key, path, content_type, headers, body,
         verified_by, status, next_at, received_at)
       VALUES ($1, 'vapi', 'x', $2, $3, '/v1/webhooks/vapi', 'application/json', '{}', '{}', 'secret', 'ignored',
         now(), now())`,
      [id, owner.tenantId, id],
    );
    return id;
  };

  /** In which trail an act belongs, and who did it. */
  const whoseAct = (action: string): [string | null, Member] => {
    if (PLATFORM_WIDE.test(action)) return [null, admin];
    if (action.startsWith('privacy.')) return [leaver.tenantId, leaver];
    if (action === 'sub-account.created') return [companyId, owner];
    if (action === 'tenant.agency-changed') return [companyId, admin];
    return [owner.tenantId, BY_TENANT.test(action) ? owner : admin];
  };

  /** Acts of identity, once each. */
  const doIdentitys = async (): Promise<void> => {
    await own('PUT', '/users/me/provider-keys/openai', { key: randomBytes(24).toString('hex') });
    await own('DELETE', '/users/me/provider-keys/openai');
    const key = '/admin/system-config/FREE_CREDITS';
    await root('PUT', key, { value: 12 });
    await root('POST', `${key}/rollback`, { version: 1 });
    await root('DELETE', key);
    await own('PUT', '/settings/retention', { callsDays: 400 });
    const { token } = await own('POST', '/service-tokens', { name: 'CI', scopes: ['lookup'] });
    const { id } = token as { id: string };
    await own('POST', `/service-tokens/${id}/rotate`, {});
    await own('DELETE', `/service-tokens/${id}`);
    await root('POST', '/admin/users', { email: `new-${newId()}@example.test`, name: 'New' });
    const client = { email: `client-${newId()}@example.test`, name: 'Client' };
    await root('POST', '/admin/onboardings', { owner: client, company: { name: 'Client' } });
    const erasure = { kind: 'erasure', scope: 'me' };
    const { id: request } = await as(leaver, 'POST', '/privacy/requests', erasure);
    await as(leaver, 'POST', `/privacy/requests/${String(request)}/cancel`);
    // Last: switching ends the session.
    const company = (await own('POST', '/tenants', { name: 'Agency' })) as { id: string };
    companyId = company.id;
    await root('PATCH', `/admin/tenants/${companyId}`, { agency: true });
    const { accessToken } = await own('POST', '/auth/switch-tenant', { tenantId: companyId });
    await as({ ...owner, accessToken: String(accessToken) }, 'POST', '/sub-accounts', { name: 'Client' });
  };

  /** Every other act once. */
  const doAll = async (): Promise<void> => {
    const tenant = `/admin/tenants/${owner.tenantId}`;
    await eventually(() => root('POST', `${tenant}/credit-adjustments`, { amount: 5, reason: 'goodwill' }));
    await root('POST', `${tenant}/usage-pause`, { reason: 'unpaid' });
    await root('POST', `${tenant}/usage-resume`);
    await root('POST', `${tenant}/subscriptions`, { planCode: 'voice.pro', reason: 'pilot' });
    await root('PUT', `${tenant}/modules/crm`, { allowed: true });
    await root('POST', '/admin/quotas', { tenantId: owner.tenantId, totalMinutes: 50 });
    await root('PUT', '/admin/plans/voice.pro', { name: 'Voice Pro' });
    await root('PUT', '/admin/credit-packs/credits_100', { quantity: 100, amountCents: 1_600 });
    await root('PUT', '/admin/referral-settings', { initialBonusCents: 2_600 });
    const { code } = await own('GET', '/referrals/code');
    await root('PUT', `/admin/referral-codes/${String(code)}`, { isActive: false });
    await root('POST', '/admin/reconciliation-runs', {});
    await root('POST', '/admin/checkout-links', { tenantId: owner.tenantId, priceCode: 'credits_100' });
    await own('PUT', '/integrations/vapi', { webhookSecret: randomBytes(24).toString('hex') });
    await own('POST', '/phone-numbers', { e164: '+15145550177', provider: 'vapi' });
    const { id } = await own('POST', '/webhook-endpoints', {
      url: `${platform.sandbox.url}/receiver/audited?key=in-the-address`,
    });
    await own('PUT', `/webhook-endpoints/${String(id)}`, { name: 'CRM' });
    await own('POST', `/webhook-endpoints/${String(id)}/rotate-secret`);
    const { deliveryId } = await own('POST', `/webhook-endpoints/${String(id)}/test`);
    await own('POST', `/webhook-deliveries/${String(deliveryId)}/retry`);
    await own('DELETE', `/webhook-endpoints/${String(id)}`);
    await root('POST', `/admin/inbound-webhooks/${await journalEntry()}/replay`, {});
    const corrected = { payload: { phone: '+15145550199' } };
    await root('POST', `/admin/dead-letters/billing/${await deadLetter()}/requeue`, corrected);
    await root('POST', `/admin/dead-letters/billing/${await deadLetter()}/discard`);
  };

  it('are in the trail once each: who, whose, from where, and no secret', async () => {
    await doAll();
    await doIdentitys();
    await eventually(async () => {
      const missing = [];
      for (const action of DONE_HERE) if ((await trail(action)).length !== 1) missing.push(action);
      expect(missing).toEqual([]);
    });
    for (const action of DONE_HERE) {
      const [entry] = await trail(action);
      const [tenantId, by] = whoseAct(action);
      expect(entry).toMatchObject({
        action,
        tenantId: OF_NEW_TENANTS.test(action) ? (expect.any(String) as string) : tenantId,
        actorUserId: by.userId,
        ip: expect.any(String) as string,
        userAgent: BROWSER,
        requestId: expect.stringMatching(/^[0-9a-f-]{36}$/) as string,
      });
      expect(JSON.stringify(entry)).not.toMatch(/in-the-address|\+151455501(00|99)/);
    }
    expect((await trail('plan.comped'))[0]?.after).toMatchObject({ planCode: 'voice.pro', reason: 'pilot' });
    expect((await trail('dead-letter.requeued'))[0]?.after).toMatchObject({ correctedFields: ['phone'] });
    const verified: Answer<AuditVerification> = await platform.call(
      'GET',
      '/v1/admin/audit-logs/verification',
      { token: admin.accessToken },
    );
    expect(verified.body).toMatchObject({ intact: true });
  });

  it('are in the trail of those who did nothing: not at all', async () => {
    const refused = await platform.call('PUT', '/v1/admin/plans/no.such.plan', {
      token: admin.accessToken,
      body: { name: 'x' },
    });
    expect(refused.status).toBe(404);
    expect(await trail('plan.edited')).toHaveLength(1);
  });

  it('that a route declares are each asserted by a test, here or beside the service that writes them', async () => {
    const ENCRYPTION_KEY = randomBytes(32).toString('base64');
    const gateway = await startService(gatewayWithoutData, {
      env: { NODE_ENV: 'test', PORT: '0', ENCRYPTION_KEY },
      transport: new InProcessTransport(),
      quiet: true,
    });
    const { paths } = describeApi(gateway.app as INestApplication, '0.1.0');
    await gateway.close();
    const declared = Object.values(paths).flatMap((item) =>
      Object.values(item as Record<string, { 'x-audited'?: string[] }>).flatMap(
        (operation) => operation['x-audited'] ?? [],
      ),
    );
    expect(declared.length).toBeGreaterThan(70);
    const tests = globSync(['apps/*/test/**/*.e2e-spec.ts', 'test/**/*.e2e-spec.ts'])
      .filter((file) => !file.endsWith('audited-routes.e2e-spec.ts'))
      .map((file) => readFileSync(file, 'utf8'))
      .join('\n');
    const here = new Set<string>(DONE_HERE);
    const unproved = [...new Set(declared)].filter(
      (act) => !here.has(act) && !tests.includes(`'${act}'`) && !tests.includes(`action: '${act}'`),
    );
    expect(unproved).toEqual([]);
  });
});
