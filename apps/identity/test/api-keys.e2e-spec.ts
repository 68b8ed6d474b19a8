import {
  type ApiKeyIdentity,
  apiKeyRevokedV1,
  type CallerContext,
  createServiceToken,
  type CreateServiceTokenRequest,
  listServiceTokens,
  newId,
  reactivateUser,
  removeMember,
  revokeServiceToken,
  rotateServiceToken,
  suspendUser,
  verifyApiKey,
} from '@parley/contracts';
import { callerOf, type IdentityInTest, startIdentity, stopClock } from './identity-in-test';
import { join, openCompany } from './members-in-test';

const HOUR = 3600;

describe('service tokens', () => {
  let identity: IdentityInTest;
  let owner: Partial<CallerContext>;
  beforeAll(async () => {
    identity = await startIdentity();
    owner = callerOf(await identity.signUp());
  });
  afterAll(async () => {
    await identity?.close();
  });

  const create = (fields: Partial<CreateServiceTokenRequest> = {}) =>
    identity.ask(createServiceToken, { name: 'Voice agent', scopes: ['lookup'], ...fields }, owner);
  const verify = (key: string, caller: Partial<CallerContext> = {}): Promise<ApiKeyIdentity> =>
    identity.ask(verifyApiKey, { key }, caller);
  const refused = { status: 401, code: 'INVALID_TOKEN' };

  it('speak for their tenant, with their scopes', async () => {
    const { token, secret } = await create({ scopes: ['calls:read', 'lookup'], limitPerMinute: 7 });
    expect(secret.startsWith(`${token.prefix}_`)).toBe(true);
    await expect(verify(secret)).resolves.toEqual({
      keyId: token.id,
      tenantId: owner.tenantId,
      scopes: ['calls:read', 'lookup'],
      limitPerMinute: 7,
      locale: 'fr',
      goodUntil: null,
    });
  });

  it('rest while who made them is suspended, and outlive their leaving', async () => {
    const company = await openCompany(identity);
    const maker = await join(identity, company, 'admin');
    const { secret } = await identity.ask(
      createServiceToken,
      { name: 'Voice agent', scopes: ['lookup'] },
      callerOf(maker),
    );
    const root = { ...callerOf(company), roles: ['super_admin' as const] };
    await identity.ask(suspendUser, { id: maker.user.id, reason: 'under review' }, root);
    await expect(verify(secret)).rejects.toMatchObject(refused);
    await identity.ask(reactivateUser, { id: maker.user.id }, root);
    await expect(verify(secret)).resolves.toMatchObject({ tenantId: company.tenant.id });
    await identity.ask(removeMember, { userId: maker.user.id }, callerOf(company));
    await expect(verify(secret)).resolves.toMatchObject({ tenantId: company.tenant.id });
  });

  it('are kept as hashes only', async () => {
    const { token, secret } = await create();
    const rows = await identity.database.query<{ row: string }>(
      `SELECT k::text || encode(k.secret_hash, 'escape') || coalesce((SELECT string_agg(a::text, '') FROM
         identity.audit_logs a WHERE a.resource_id = k.id::text), '') AS row FROM identity.api_keys k WHERE id = $1`,
      [token.id],
    );
    expect(rows[0]?.row).toContain(token.prefix);
    expect(rows[0]?.row).not.toContain(secret.slice(token.prefix.length + 1));
  });

  it.each(['', 'x', 'parley_abcdefgh_short', `parley_abcdefgh_${'a'.repeat(43)}`])(
    'that never were are refused: %j',
    async (key) => {
      await expect(verify(key || ' ')).rejects.toMatchObject(refused);
    },
  );

  it('are refused with another secret behind a known prefix', async () => {
    const { token } = await create();
    await expect(verify(`${token.prefix}_${'a'.repeat(43)}`)).rejects.toMatchObject(refused);
  });

  it('hold both secrets during the overlap of a rotation, and only the new one after it', async () => {
    const clock = stopClock();
    try {
      const { token, secret: old } = await create();
      const { secret, token: rotated } = await identity.ask(
        rotateServiceToken,
        { id: token.id, overlapHours: 2 },
        owner,
      );
      expect(rotated.prefix).toBe(token.prefix);
      await expect(verify(secret)).resolves.toMatchObject({ keyId: token.id, goodUntil: null });
      await expect(verify(old)).resolves.toMatchObject({ goodUntil: rotated.previousGoodUntil });
      clock.pass(2 * HOUR);
      await expect(verify(old)).rejects.toMatchObject(refused);
      await expect(verify(secret)).resolves.toMatchObject({ keyId: token.id });
    } finally {
      clock.release();
    }
  });

  it('lose the old secret at once when a rotation asks for no overlap', async () => {
    const { token, secret: old } = await create();
    await identity.ask(rotateServiceToken, { id: token.id, overlapHours: 0 }, owner);
    await expect(verify(old)).rejects.toMatchObject(refused);
  });

  it('are refused outside their networks', async () => {
    const { secret } = await create({ networks: ['198.51.100.0/24', '2001:db8::/32'] });
    for (const ip of ['198.51.100.9', '2001:db8:7::1'])
      await expect(verify(secret, { ip })).resolves.toHaveProperty('keyId');
    for (const ip of ['198.51.101.9', '2001:db9::1', 'unknown'])
      await expect(verify(secret, { ip })).rejects.toMatchObject({ status: 403, code: 'FORBIDDEN' });
  });

  it('expire', async () => {
    const clock = stopClock();
    try {
      const expiresAt = new Date(Date.now() + HOUR * 1000).toISOString();
      const { secret } = await create({ expiresAt });
      await expect(verify(secret)).resolves.toMatchObject({ goodUntil: expiresAt });
      clock.pass(HOUR);
      await expect(verify(secret)).rejects.toMatchObject(refused);
    } finally {
      clock.release();
    }
  });

  it('keep their last use, once a minute', async () => {
    const clock = stopClock();
    const lastUse = async (id: string) =>
      (await identity.ask(listServiceTokens, {}, owner)).data.find((each) => each.id === id)?.lastUsedAt;
    try {
      const { token, secret } = await create();
      expect(await lastUse(token.id)).toBeNull();
      await verify(secret);
      const used = await lastUse(token.id);
      expect(used).toBe(new Date().toISOString());
      clock.pass(59);
      await verify(secret);
      expect(await lastUse(token.id)).toBe(used);
      clock.pass(2);
      await verify(secret);
      expect(await lastUse(token.id)).toBe(new Date().toISOString());
    } finally {
      clock.release();
    }
  });

  it('end when they are revoked, with an event', async () => {
    const { token, secret } = await create();
    await identity.ask(revokeServiceToken, { id: token.id }, owner);
    await expect(verify(secret)).rejects.toMatchObject(refused);
    const { data } = await identity.ask(listServiceTokens, { limit: 200 }, owner);
    expect(data.map(({ id }) => id)).not.toContain(token.id);
    const told = await identity.published(apiKeyRevokedV1.type);
    expect(told.map(({ payload }) => payload)).toContainEqual({ keyId: token.id, prefix: token.prefix });
    await expect(identity.ask(revokeServiceToken, { id: token.id }, owner)).rejects.toMatchObject({
      status: 404,
    });
  });

  it('rest while their tenant is suspended', async () => {
    const other = callerOf(await identity.signUp());
    const { secret } = await identity.ask(createServiceToken, { name: 'n', scopes: ['lookup'] }, other);
    const suspend = (status: string) =>
      identity.database.query('UPDATE identity.tenants SET status = $2 WHERE id = $1', [
        other.tenantId,
        status,
      ]);
    await suspend('suspended');
    await expect(verify(secret)).rejects.toMatchObject(refused);
    await suspend('active');
    await expect(verify(secret)).resolves.toMatchObject({ tenantId: other.tenantId });
  });

  it('are one tenant’s', async () => {
    const { token } = await create();
    const stranger = callerOf(await identity.signUp());
    expect(await identity.ask(listServiceTokens, {}, stranger)).toEqual({ data: [], nextCursor: null });
    for (const id of [token.id, newId()]) {
      await expect(identity.ask(rotateServiceToken, { id }, stranger)).rejects.toMatchObject({ status: 404 });
      await expect(identity.ask(revokeServiceToken, { id }, stranger)).rejects.toMatchObject({ status: 404 });
    }
  });

  it('are not managed while impersonating', async () => {
    const impersonating = { ...owner, impersonatorId: newId() };
    await expect(
      identity.ask(createServiceToken, { name: 'n', scopes: ['lookup'] }, impersonating),
    ).rejects.toMatchObject({ status: 403 });
  });

  it.each([
    ['a platform permission', { scopes: ['journal:read'] as never }, 'scopes'],
    ['no scope', { scopes: [] }, 'scopes'],
    ['a network that is none', { networks: ['198.51.100.0/24', 'office'] }, 'networks.1'],
    ['an end in the past', { expiresAt: '2020-01-01T00:00:00Z' }, 'expiresAt'],
  ])('are not made with %s', async (_what, fields, field) => {
    await expect(create(fields)).rejects.toMatchObject({
      code: 'VALIDATION_FAILED',
      details: [expect.objectContaining({ field })],
    });
  });
});
