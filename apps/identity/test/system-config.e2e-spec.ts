import { randomBytes } from 'node:crypto';
import {
  type CallerContext,
  getSystemConfig,
  listAllAuditLogs,
  listSystemConfig,
  listSystemConfigVersions,
  newId,
  type Operation,
  putSystemConfig,
  removeSystemConfig,
  type ResolvedSystemConfig,
  resolveSystemConfig,
  rollBackSystemConfig,
  type ServiceName,
  type SystemConfigEntry,
  systemConfigChangedV1,
  systemConfigSeal,
  type SystemConfigValue,
  testSystemConfig,
} from '@parley/contracts';
import { Client } from 'pg';
import { type IdentityInTest, startIdentity } from './identity-in-test';
import { ADMIN, anExchange, aSecret, recordLogs } from './sealed-in-test';

describe('system configuration', () => {
  const { key: CONFIG_EXCHANGE_KEY, exchange } = anExchange();
  let identity: IdentityInTest;
  beforeAll(async () => {
    // Nobody listens there: providers that are asked give no answer.
    identity = await startIdentity({ CONFIG_EXCHANGE_KEY, RESEND_BASE_URL: 'http://127.0.0.1:9' });
  });
  afterAll(() => identity?.close());

  const sealed = (key: string, value: SystemConfigValue) => exchange.seal(value, systemConfigSeal.value(key));
  const put = (key: string, value: SystemConfigValue, rest: object = {}): Promise<SystemConfigEntry> =>
    identity.ask(putSystemConfig, { key, sealedValue: sealed(key, value), skipTest: true, ...rest }, ADMIN);
  const resolve = async (service: ServiceName): Promise<ResolvedSystemConfig> => {
    const request = { service, nonce: newId() };
    const answer = await identity.ask(resolveSystemConfig, request);
    return exchange.open(answer.sealed, systemConfigSeal.answer(request)) as ResolvedSystemConfig;
  };
  const valueOf = async (service: ServiceName, key: string) => (await resolve(service)).values[key]?.text;

  it('is the environment’s until somebody sets it', async () => {
    const { data } = await identity.ask(listSystemConfig, {}, ADMIN);
    const key = data.find((entry) => entry.key === 'ELEVENLABS_API_KEY');
    expect(key).toMatchObject({ kind: 'secret', source: 'environment', current: null, testable: false });
    await expect(identity.ask(getSystemConfig, { key: 'ELEVENLABS_API_KEY' }, ADMIN)).resolves.toEqual(key);
  });

  it('keeps versions: set, changed, brought back, removed', async () => {
    const key = 'LOW_CREDITS_THRESHOLD';
    expect((await put(key, 7, { reason: 'fewer mails' })).current).toMatchObject({
      version: 1,
      change: 'set',
      value: 7,
      reason: 'fewer mails',
      changedBy: ADMIN.userId,
    });
    await put(key, 9);
    expect(await valueOf('billing', key)).toBe('9');
    const back = await identity.ask(rollBackSystemConfig, { key, version: 1 }, ADMIN);
    expect(back.current).toMatchObject({ version: 3, change: 'rolled_back', restores: 1, value: 7 });
    expect(await valueOf('billing', key)).toBe('7');
    const removed = await identity.ask(removeSystemConfig, { key, expectedVersion: 3 }, ADMIN);
    expect(removed).toMatchObject({ source: 'environment', current: { version: 4, value: null } });
    expect((await resolve('billing')).values).not.toHaveProperty(key);
    await expect(identity.ask(removeSystemConfig, { key }, ADMIN)).rejects.toMatchObject({ status: 409 });
    await identity.ask(rollBackSystemConfig, { key, version: 2 }, ADMIN);
    expect(await valueOf('billing', key)).toBe('9');
    const { data } = await identity.ask(listSystemConfigVersions, { key }, ADMIN);
    expect(data.map(({ version, change }) => [version, change])).toEqual([
      [5, 'rolled_back'],
      [4, 'removed'],
      [3, 'rolled_back'],
      [2, 'set'],
      [1, 'set'],
    ]);
    await expect(identity.ask(rollBackSystemConfig, { key, version: 99 }, ADMIN)).rejects.toMatchObject({
      status: 404,
    });
  });

  it('lets one of two changes of the same version win', async () => {
    const key = 'BODY_LIMIT_BYTES';
    await put(key, 5000, { expectedVersion: 0 });
    const both = await Promise.allSettled(
      [6000, 7000].map((value) => put(key, value, { expectedVersion: 1 })),
    );
    const refused = both.filter((each) => each.status === 'rejected');
    expect(refused.map(({ reason }) => reason as unknown)).toEqual([
      expect.objectContaining({ code: 'STATE_CONFLICT', details: { currentVersion: 2 } }),
    ]);
    expect((await identity.ask(getSystemConfig, { key }, ADMIN)).current?.version).toBe(2);
  });

  it('numbers what comes at once without an expectation one after the other', async () => {
    const key = 'UPLOAD_LIMIT_BYTES';
    await Promise.all([2000, 3000, 4000].map((value) => put(key, value)));
    const { data } = await identity.ask(listSystemConfigVersions, { key }, ADMIN);
    expect(data.map(({ version }) => version)).toEqual([3, 2, 1]);
  });

  it('writes secrets, and shows four characters of them, nowhere more', async () => {
    const logs = recordLogs();
    const secret = aSecret();
    try {
      const entry = await put('ANTHROPIC_API_KEY', secret);
      expect(entry.current).toMatchObject({ value: null, lastFour: secret.slice(-4), readable: true });
      const { data: versions } = await identity.ask(listSystemConfigVersions, { key: entry.key }, ADMIN);
      const { data: trail } = await identity.ask(
        listAllAuditLogs,
        { action: 'system-config.set', limit: 1 },
        ADMIN,
      );
      expect(trail[0]).toMatchObject({
        tenantId: null,
        actorUserId: ADMIN.userId,
        resourceId: 'ANTHROPIC_API_KEY',
        after: { version: 1, value: null, lastFour: secret.slice(-4) },
      });
      const events = (await identity.published(systemConfigChangedV1.type)).filter(
        ({ meta }) => meta.subject === 'ANTHROPIC_API_KEY',
      );
      expect(events.map(({ payload }) => payload)).toEqual([{ key: 'ANTHROPIC_API_KEY', version: 1 }]);
      expect(events[0]?.meta.tenantId).toBeUndefined();
      const rows = await identity.database.query(
        'SELECT t::text AS row FROM identity.system_config_versions t',
      );
      expect(rows.length).toBeGreaterThan(0);
      await valueOf('ai-agents', 'ANTHROPIC_API_KEY');
      for (const seen of [entry, versions, trail, events, rows, logs.text]) {
        expect(JSON.stringify(seen)).not.toContain(secret);
        expect(JSON.stringify(seen)).not.toContain(Buffer.from(secret).toString('hex'));
      }
    } finally {
      logs.stop();
    }
    expect(await valueOf('ai-agents', 'ANTHROPIC_API_KEY')).toBe(secret);
  });

  it('is told to each service sealed, and only what it uses', async () => {
    await put('RESEND_API_KEY', aSecret());
    const [own, foreign] = [await resolve('notifications'), await resolve('billing')];
    expect(Object.keys(own.values)).toContain('RESEND_API_KEY');
    expect(Object.keys(foreign.values)).not.toContain('RESEND_API_KEY');
    const request = { service: 'notifications' as const, nonce: 'one' };
    const { sealed: answer } = await identity.ask(resolveSystemConfig, request);
    expect(() => exchange.open(answer, systemConfigSeal.answer({ ...request, nonce: 'two' }))).toThrow('');
    expect(() => anExchange().exchange.open(answer, systemConfigSeal.answer(request))).toThrow('');
  });

  it.each<[string, Partial<CallerContext>]>([
    ['a person', { userId: newId() }],
    ['a super admin', ADMIN],
    ['a service token', { apiKeyId: newId(), tenantId: newId() }],
  ])('tells values to no %s', async (_who, caller) => {
    await expect(
      identity.ask(resolveSystemConfig, { service: 'billing', nonce: 'n' }, caller),
    ).rejects.toMatchObject({ status: 403 });
  });

  const FREE = { key: 'FREE_CREDITS' };
  const CHANGES: [Operation<object, object>, object][] = [
    [putSystemConfig, { ...FREE, sealedValue: sealed('FREE_CREDITS', 1) }],
    [testSystemConfig, FREE],
    [rollBackSystemConfig, { ...FREE, version: 1 }],
    [removeSystemConfig, FREE],
  ];
  const QUESTIONS: [Operation<object, object>, object][] = [
    [listSystemConfig, {}],
    [getSystemConfig, FREE],
    [listSystemConfigVersions, FREE],
  ];

  it.each([...QUESTIONS, ...CHANGES])('keeps $name for super admins', async (operation, request) => {
    await expect(identity.ask(operation, request, { ...ADMIN, roles: ['owner'] })).rejects.toMatchObject({
      status: 403,
    });
  });

  it.each(CHANGES)('lets nobody do $name while acting as somebody else', async (operation, request) => {
    await expect(
      identity.ask(operation, request, { ...ADMIN, impersonatorId: newId() }),
    ).rejects.toMatchObject({ status: 403 });
  });

  it('refuses what does not fit, naming the field', async () => {
    await expect(put('FREE_CREDITS', -1)).rejects.toMatchObject({
      status: 400,
      details: [expect.objectContaining({ field: 'value' })],
    });
    const elsewhere = sealed('OPENROUTER_API_KEY', aSecret());
    await expect(
      identity.ask(putSystemConfig, { key: 'ELEVENLABS_API_KEY', sealedValue: elsewhere }, ADMIN),
    ).rejects.toMatchObject({ status: 400, details: [expect.objectContaining({ field: 'sealedValue' })] });
  });

  it('does not save what could not be tested', async () => {
    const key = 'RESEND_API_KEY';
    const before = await identity.ask(getSystemConfig, { key }, ADMIN);
    await expect(put(key, aSecret(), { skipTest: false })).rejects.toMatchObject({ code: 'PROVIDER_ERROR' });
    await expect(put('TWILIO_AUTH_TOKEN', aSecret(), { skipTest: false })).rejects.toMatchObject({
      code: 'STATE_CONFLICT',
    });
    expect(await identity.ask(getSystemConfig, { key }, ADMIN)).toEqual(before);
    const result = await identity.ask(testSystemConfig, { key, sealedValue: sealed(key, aSecret()) }, ADMIN);
    expect(result).toMatchObject({ ok: false, status: null, asked: 'GET http://127.0.0.1:9/domains' });
  });

  it('notices a value that another hand changed, and goes on with the others', async () => {
    await put('EMAIL_FROM', 'Parley <mail@parley.example>');
    await put('RESEND_API_KEY', aSecret());
    await identity.database.query(
      `UPDATE identity.system_config_versions SET sealed = set_byte(sealed, 40, get_byte(sealed, 40) # 1)
       WHERE key = 'EMAIL_FROM'`,
    );
    const logs = recordLogs();
    try {
      const answer = await resolve('notifications');
      expect(answer.unreadable).toEqual(['EMAIL_FROM']);
      expect(Object.keys(answer.values)).toContain('RESEND_API_KEY');
      expect(logs.text).toContain('does not open');
      const entry = await identity.ask(getSystemConfig, { key: 'EMAIL_FROM' }, ADMIN);
      expect(entry.current).toMatchObject({ readable: false, value: null });
      await expect(
        identity.ask(rollBackSystemConfig, { key: 'EMAIL_FROM', version: 1 }, ADMIN),
      ).rejects.toMatchObject({ code: 'STATE_CONFLICT' });
    } finally {
      logs.stop();
    }
  });

  it('has a history that the service itself cannot change', async () => {
    await put('PUBLIC_URL', 'https://hooks.example.com');
    const raw = new Client({ connectionString: identity.database.urlOf('identity') });
    await raw.connect();
    try {
      await raw.query('SET ROLE parley_identity_system');
      for (const statement of [
        `UPDATE system_config_versions SET reason = 'another'`,
        `UPDATE system_config_versions SET sealed = ''`,
        'DELETE FROM system_config_versions',
      ]) {
        await expect(raw.query(statement)).rejects.toThrow('permission denied');
      }
    } finally {
      await raw.end();
    }
  });

  it('answers 503 where no exchange key is set', async () => {
    const alone = await startIdentity({}, undefined);
    try {
      await expect(
        alone.ask(resolveSystemConfig, { service: 'billing', nonce: randomBytes(4).toString('hex') }),
      ).rejects.toMatchObject({ code: 'DEPENDENCY_DOWN' });
    } finally {
      await alone.close();
    }
  });
});
