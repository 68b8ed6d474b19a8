import {
  creditsLowV1,
  getTenantContact,
  newId,
  runAs,
  setQuota,
  systemCaller,
  takeHold,
  type ReconciliationRun,
  type ReconciliationRunDetail,
} from '@parley/contracts';
import { aCaller, eventually } from '@parley/testing';
import { type Member, TestPlatform } from './support/platform';

/** Billing's own routes, and what it leads to in the mailbox and at Slack, through the whole platform. */
describe('billing for people', () => {
  let platform: TestPlatform;
  let member: Member;
  let root: Member;

  beforeAll(async () => {
    platform = await TestPlatform.start();
    root = await platform.signUpAdmin();
    member = await platform.signUp('Company');
  });
  afterAll(() => platform?.close());

  const get = <Body>(path: string, token = member.accessToken) => platform.call<Body>('GET', path, { token });

  it('mails the owner when credits are low', async () => {
    const id = newId();
    const meta = {
      ...{ id, source: 'billing' as const, type: creditsLowV1.type, time: new Date().toISOString() },
      ...{ subject: member.tenantId, tenantId: member.tenantId, correlationId: id },
    };
    await platform.transport.publish([{ meta, payload: { balance: 4, threshold: 5 } }]);
    await eventually(async () => {
      const answer = await fetch(`${platform.sandbox.url}/mailbox?to=${encodeURIComponent(member.email)}`);
      const { mails } = (await answer.json()) as { mails: { subject: string }[] };
      expect(mails.map(({ subject }) => subject).join()).toMatch(/4 (credits|crédits)/);
    });
  });

  it('tells nobody but services whom to write to', async () => {
    const ask = (caller: Parameters<typeof runAs>[0]) =>
      runAs(caller, () => platform.rpc.call(getTenantContact, {}));
    await expect(ask(member.caller)).rejects.toMatchObject({ status: 403 });
    await expect(ask(systemCaller(newId(), member.tenantId))).resolves.toMatchObject({ email: member.email });
  });

  it('gives the statement as a file', async () => {
    await eventually(async () =>
      expect((await get<{ data: unknown[] }>('/v1/billing/transactions')).body.data).toHaveLength(1),
    );
    const response = await fetch(`${platform.url}/v1/billing/transactions/export`, {
      headers: { authorization: `Bearer ${member.accessToken}` },
    });
    expect(response.headers.get('content-type')).toBe('text/csv; charset=utf-8');
    expect(response.headers.get('content-disposition')).toBe('attachment; filename="transactions.csv"');
    const lines = (await response.text()).trimEnd().split('\r\n');
    expect(lines).toHaveLength(2);
    expect(lines[1]).toContain('"bonus"');
  });

  it('shows use by day, modules and quotas', async () => {
    expect((await get('/v1/billing/usage/history?from=2026-10-01&to=2026-10-31')).body).toEqual({ days: [] });
    expect((await get('/v1/billing/usage/history?from=yesterday')).status).toBe(400);
    const { body } = await get<{ modules: { module: string }[] }>('/v1/billing/modules');
    expect(body.modules).toHaveLength(5);
    expect((await get('/v1/billing/quotas/me')).body).toEqual({ quotas: [] });
  });

  it('keeps quotas: a company’s by super admins, users’ by their admins, under both names', async () => {
    const token = root.accessToken;
    const company = { tenantId: member.tenantId, totalMinutes: 100 };
    const set = await platform.call('POST', '/v1/admin/quotas', { token, body: company });
    expect(set).toMatchObject({ status: 200, body: { totalMinutes: 100, userId: null } });
    const user = { userId: member.userId, totalMinutes: 2 };
    const own = { token: member.accessToken, body: user };
    expect(await platform.call('POST', '/api/admin/quotas', own)).toMatchObject({ status: 200 });
    const refused = await platform.call('POST', '/v1/admin/quotas', { ...own, body: { totalMinutes: 5 } });
    expect(refused.status).toBe(403);
    const { body } = await get<{ data: { userId: string | null }[] }>('/v1/admin/quotas');
    expect(body.data.map(({ userId }) => userId)).toEqual([member.userId, null]);
    const take = { source: `practice_session:${newId()}`, meter: 'practice_minutes' as const, quantity: 3 };
    await expect(runAs(member.caller, () => platform.rpc.call(takeHold, take))).rejects.toMatchObject({
      code: 'USAGE_EXCEEDED',
      details: { quota: 'user' },
    });
    const stranger = aCaller({ roles: ['owner'] });
    await expect(
      runAs(stranger, () => platform.rpc.call(setQuota, { tenantId: member.tenantId, totalMinutes: 1 })),
    ).rejects.toMatchObject({ status: 403 });
  });

  it('opens modules by hand', async () => {
    const token = root.accessToken;
    const path = `/v1/admin/tenants/${member.tenantId}/modules`;
    const opened = await platform.call<{ modules: object[] }>('PUT', `${path}/crm`, {
      token,
      body: { allowed: true },
    });
    expect(opened.body.modules).toContainEqual({
      module: 'crm',
      allowed: true,
      source: 'override',
      expiresAt: null,
    });
    expect((await platform.call('PUT', `${path}/casino`, { token, body: { allowed: true } })).status).toBe(
      400,
    );
    const own = { token: member.accessToken, body: { allowed: true } };
    expect((await platform.call('PUT', `${path}/crm`, own)).status).toBe(403);
  });

  it('reconciles on demand, tells how far it is, and keeps the history', async () => {
    const token = root.accessToken;
    expect(
      (await platform.call('POST', '/v1/admin/reconciliation-runs', { token: member.accessToken, body: {} }))
        .status,
    ).toBe(403);
    const begun = await platform.call<{ runId: string }>('POST', '/v1/admin/reconciliation-runs', {
      token,
      body: {},
    });
    expect(begun.status).toBe(202);
    const { runId } = begun.body;
    await eventually(async () => {
      const { body } = await get<ReconciliationRunDetail>(
        `/v1/admin/reconciliation-runs/${runId}?flagged=true`,
        token,
      );
      expect(body.run.status).toBe('done');
      expect(body.items).toEqual([]);
    }, 30_000);
    const { body } = await get<{ data: ReconciliationRun[] }>('/v1/admin/reconciliation-runs', token);
    expect(body.data.map(({ id, trigger, triggeredBy }) => [id, trigger, triggeredBy !== null])).toEqual([
      [runId, 'manual', true],
    ]);
  });
});
