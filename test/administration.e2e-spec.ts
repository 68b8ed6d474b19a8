import { newId } from '@parley/contracts';
import { verifyAuditTrail } from '../apps/identity/src';
import { auditReport } from '../apps/standalone/src/audit-report';
import { eventually } from '@parley/testing';
import { type Member, TestPlatform } from './support/platform';

interface Listed {
  data: { id: string; email: string; role: string | null }[];
}

describe('administration over HTTP', () => {
  let platform: TestPlatform;
  let root: Member;
  let owner: Member;
  beforeAll(async () => {
    platform = await TestPlatform.start({ APP_URL: 'https://app.parley.test' });
    root = await platform.signUpAdmin();
    owner = await platform.signUp('Owner');
  });
  afterAll(() => platform?.close());

  const ask = <Body>(method: string, path: string, { accessToken: token }: Member, body?: unknown) =>
    platform.call<Body>(method, path, { token, ...(body === undefined ? {} : { body }) });

  it('lists members for a tenant admin, everybody for a super admin', async () => {
    const path = '/v1/admin/users';
    const own = await ask<Listed>('GET', path, owner);
    expect([own.status, own.body.data.map(({ id, role }) => [id, role])]).toEqual([
      200,
      [[owner.userId, 'owner']],
    ]);
    expect((await ask('GET', `${path}?tenantId=${root.tenantId}`, owner)).status).toBe(404);
    const all = await ask<Listed>('GET', path, root);
    expect(all.body.data.map(({ id }) => id)).toEqual(expect.arrayContaining([owner.userId, root.userId]));
  });

  it('keeps people, companies and onboardings of the platform from everybody else', async () => {
    for (const path of [
      `/v1/admin/users/${owner.userId}`,
      `/admin/users/${owner.userId}`,
      '/v1/admin/tenants',
      `/v1/admin/tenants/${owner.tenantId}`,
      '/api/admin/companies',
      '/v1/admin/onboardings',
      '/v1/admin/audit-logs/export?format=csv',
    ]) {
      expect([path, (await ask('GET', path, owner)).status]).toEqual([path, 403]);
      expect([path, (await ask('GET', path, root)).status]).toEqual([path, 200]);
    }
    expect((await ask('GET', `/v1/admin/users/${newId()}`, root)).status).toBe(404);
  });

  it('shows a person with the plans and use of their tenants (E004-40)', async () => {
    for (const path of [`/v1/admin/users/${owner.userId}`, `/admin/users/${owner.userId}`]) {
      const { body } = await ask<{ billing: unknown }>('GET', path, root);
      expect(JSON.stringify(body.billing)).toContain(owner.tenantId);
      expect(body.billing).toMatchObject([{ subscriptions: [], usage: { credits: 15 } }]);
    }
  });

  it('opens an account on the path of design 004, whose holder chooses the password by mail', async () => {
    const email = `zoe-${newId()}@example.test`;
    const body = { email, name: 'Zoé', locale: 'fr' };
    expect((await ask('POST', '/admin/create-account', root, body)).status).toBe(201);
    const again = await ask<{ error: { code: string } }>('POST', '/v1/admin/users', root, body);
    expect([again.status, again.body.error.code]).toEqual([409, 'DUPLICATE']);
    const token = await platform.tokenMailedTo(email, 'set-password');
    const password = 'a long enough phrase';
    const reset = await platform.call('PUT', '/v1/auth/password-resets', { body: { token, password } });
    expect(reset.status).toBe(204);
    const login = await platform.call('POST', '/v1/auth/login', { body: { email, password } });
    expect(login.status).toBe(200);
    const [user] = (await ask<Listed>('GET', `/v1/admin/users?q=${email}`, root)).body.data;
    const suspended = await ask('PATCH', `/v1/admin/users/${user?.id}`, root, { status: 'suspended' });
    expect(suspended.body).toMatchObject({ status: 'suspended' });
    expect((await platform.call('POST', '/v1/auth/login', { body: { email, password } })).status).toBe(403);
  });

  it('onboards a client, six a minute at most', async () => {
    const start = () =>
      ask<{ id: string; status: string }>('POST', '/v1/admin/onboardings', root, {
        owner: { email: `client-${newId()}@example.test`, name: 'Client' },
        company: { name: 'Toitures Roy' },
        planCode: 'voice.pro',
      });
    const first = await start();
    expect([first.status, first.body.status]).toEqual([201, 'running']);
    const now = () => ask('GET', `/v1/admin/onboardings/${first.body.id}`, root);
    await eventually(async () => expect((await now()).body).toMatchObject({ status: 'done' }));
    const more = await Promise.all(Array.from({ length: 6 }, start));
    expect(more.map(({ status }) => status).sort()).toEqual([201, 201, 201, 201, 201, 429]);
    expect((await ask('GET', '/v1/onboarding', owner)).body).toMatchObject({ kind: 'self' });
  });

  it('hands out the audit trail as a file, and one tenant only its own', async () => {
    await ask('PATCH', '/v1/tenant', owner, { name: '=cmd|calc' });
    for (let n = 0; n < 201; n++) await ask('PUT', '/v1/settings', owner, { postCallSmsDelaySeconds: n });
    const csv = await ask<string>('GET', '/v1/audit-logs/export?format=csv', owner);
    expect(csv.headers.get('content-type')).toBe('text/csv; charset=utf-8');
    expect(csv.headers.get('content-disposition')).toBe('attachment; filename="audit-logs.csv"');
    const lines = csv.body.trim().split('\r\n');
    expect(lines.length).toBeGreaterThan(203);
    expect(csv.body).toContain('settings.changed');
    const answer = await ask<string>('GET', '/v1/audit-logs/export?format=ndjson&action=tenant', owner);
    const rows = answer.body
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { tenantId: string });
    expect(new Set(rows.map(({ tenantId }) => tenantId))).toEqual(new Set([owner.tenantId]));
    expect((await ask('GET', '/v1/audit-logs/export?format=xls', owner)).status).toBe(400);
    expect((await platform.call('GET', '/v1/audit-logs/export?format=csv')).status).toBe(401);
  });

  it('shows the history of settings', async () => {
    const answer = await ask<{ data: { changedBy: string }[] }>('GET', '/v1/settings/history?limit=1', owner);
    expect(answer.body.data.map(({ changedBy }) => changedBy)).toEqual([owner.userId]);
  });

  it('proves the trail to an operator, and names the first break', async () => {
    const url = platform.database.urlOf('identity');
    expect(auditReport(await verifyAuditTrail(url))).toMatchObject({
      exitCode: 0,
      text: expect.stringMatching(/intact: \d+ chains, \d+ rows/) as unknown,
    });
    await platform.database.query(
      `UPDATE identity.audit_logs SET action = 'x' WHERE tenant_id = $1 AND seq = 3`,
      [owner.tenantId],
    );
    expect(auditReport(await verifyAuditTrail(url))).toMatchObject({
      exitCode: 1,
      text: expect.stringContaining(`of tenant ${owner.tenantId} is broken: row 3 is changed`) as unknown,
    });
  });
});
