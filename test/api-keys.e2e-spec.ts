import { type ServiceToken, type ServiceTokenWithSecret } from '@parley/contracts';
import { eventually } from '@parley/testing';
import { type Answer, type Member, TestPlatform } from './support/platform';

interface ErrorBody {
  error: { code: string };
}

describe('service tokens at the gateway', () => {
  let platform: TestPlatform;
  let owner: Member;
  beforeAll(async () => {
    platform = await TestPlatform.start();
    owner = await platform.signUp('Owner');
  });
  afterAll(() => platform?.close());

  const create = async (fields: object = {}, by = owner): Promise<ServiceTokenWithSecret> => {
    const { status, body } = await platform.call<ServiceTokenWithSecret>('POST', '/v1/service-tokens', {
      token: by.accessToken,
      body: { name: 'Reporting', scopes: ['calls:read'], ...fields },
    });
    expect(status).toBe(201);
    return body;
  };
  const get = <Body = ErrorBody>(path: string, token: string): Promise<Answer<Body>> =>
    platform.call<Body>('GET', path, { token });

  it('open what their scopes name, and nothing else', async () => {
    const { secret } = await create();
    expect((await get<{ data: unknown[] }>('/v1/calls', secret)).body).toEqual({
      data: [],
      nextCursor: null,
    });
    for (const path of [
      '/v1/settings',
      '/v1/users/me',
      '/v1/service-tokens',
      '/v1/audit-logs',
      '/v1/admin/audit-logs',
    ])
      expect([path, (await get(path, secret)).status]).toEqual([path, 403]);
    const write = await platform.call('POST', '/v1/service-tokens', {
      token: secret,
      body: { name: 'n', scopes: ['calls:read'] },
    });
    expect(write.status).toBe(403);
  });

  it('see nothing of another tenant', async () => {
    await platform.arrangeLines(owner, {
      vapi: '+14185550190',
      twilio: '+14185550191',
      accountSid: `AC${'b'.repeat(32)}`,
    });
    const stranger = await platform.signUp('Stranger');
    const numbersOf = async (member: Member) =>
      (
        await get<{ data: unknown[] }>(
          '/v1/phone-numbers',
          (await create({ scopes: ['numbers:read'] }, member)).secret,
        )
      ).body.data;
    expect(await numbersOf(owner)).toHaveLength(2);
    expect(await numbersOf(stranger)).toEqual([]);
  });

  it('are refused as soon as they are revoked, though they were just used', async () => {
    const { token, secret } = await create();
    expect((await get('/v1/calls', secret)).status).toBe(200);
    const { status } = await platform.call('DELETE', `/v1/service-tokens/${token.id}`, {
      token: owner.accessToken,
    });
    expect(status).toBe(204);
    const refused = await eventually(async () => {
      const answer = await get('/v1/calls', secret);
      expect(answer.status).toBe(401);
      return answer;
    });
    expect(refused.body.error.code).toBe('INVALID_TOKEN');
  });

  it('that never were are refused', async () => {
    expect((await get('/v1/calls', 'parley_nobody')).status).toBe(401);
  });

  it('have a limit of their own', async () => {
    const { secret } = await create({ limitPerMinute: 2 });
    const { secret: other } = await create();
    const statuses = [];
    for (let n = 0; n < 3; n++) statuses.push((await get('/v1/calls', secret)).status);
    expect(statuses).toEqual([200, 200, 429]);
    expect((await get('/v1/calls', other)).status).toBe(200);
  });

  it('stand in the audit trail when they act', async () => {
    const { token, secret } = await create({ scopes: ['settings:write'] });
    const put = await platform.call('PUT', '/v1/settings', {
      token: secret,
      body: { postCallSmsDelaySeconds: 9 },
      headers: { 'user-agent': 'robot/1' },
    });
    expect(put.status).toBe(200);
    const { body } = await get<{ data: object[] }>(
      '/v1/audit-logs?action=settings.changed',
      owner.accessToken,
    );
    expect(body.data).toEqual([
      expect.objectContaining({ actorKeyId: token.id, actorUserId: null, userAgent: 'robot/1' }),
    ]);
  });

  it('are managed by admins, who see no secret again', async () => {
    const { token, secret } = await create();
    const { body } = await get<{ data: ServiceToken[] }>('/v1/service-tokens', owner.accessToken);
    expect(body.data).toContainEqual(token);
    expect(JSON.stringify(body)).not.toContain(secret);
    const rotated = await platform.call<ServiceTokenWithSecret>(
      'POST',
      `/v1/service-tokens/${token.id}/rotate`,
      {
        token: owner.accessToken,
        body: {},
      },
    );
    expect(rotated.status).toBe(200);
    for (const good of [secret, rotated.body.secret]) expect((await get('/v1/calls', good)).status).toBe(200);
  });
});

describe('sessions at the gateway', () => {
  let platform: TestPlatform;
  beforeAll(async () => {
    platform = await TestPlatform.start();
  });
  afterAll(() => platform?.close());

  it('of a person are listed and ended, by the paths of 004 too', async () => {
    const { email, password, accessToken: token } = await platform.signUp('Person');
    const other = await platform.call<{ accessToken: string }>('POST', '/v1/auth/login', {
      body: { email, password },
      headers: { 'user-agent': 'Mozilla/5.0 (Windows NT 10.0) Gecko/20100101 Firefox/132.0' },
    });
    type Sessions = { sessions: { id: string; device: string; current: boolean }[] };
    const { body } = await platform.call<Sessions>('GET', '/api/sessions', { token });
    expect(body.sessions[0]).toMatchObject({ device: 'Firefox on Windows', current: false });
    const ended = await platform.call('DELETE', `/api/sessions/${body.sessions[0]?.id}`, { token });
    expect(ended.status).toBe(204);
    await eventually(async () => {
      const { status } = await platform.call('GET', '/v1/users/me', { token: other.body.accessToken });
      expect(status).toBe(401);
    });
    const kept = await platform.call('DELETE', '/api/sessions?keepCurrent=true', { token });
    expect(kept.status).toBe(204);
    expect((await platform.call('GET', '/v1/users/me', { token })).status).toBe(200);
    expect((await platform.call('DELETE', '/api/sessions', { token })).status).toBe(204);
    await eventually(async () => {
      expect((await platform.call('GET', '/v1/users/me', { token })).status).toBe(401);
    });
  });
});
