import { creditsChangedV1, newId } from '@parley/contracts';
import { eventually } from '@parley/testing';
import { decodeJwt } from 'jose';
import { io, type Socket } from 'socket.io-client';
import { type Answer, type Member, TestPlatform } from './support/platform';

interface Started {
  accessToken: string;
  impersonation: { id: string };
}
interface Refused {
  error: { code: string; details?: { field: string }[] };
}
interface Act {
  action: string;
  actorUserId: string;
  impersonatorId: string;
  after: { method?: string; path?: string } | null;
}

const REASON = 'Ticket 4711: calls are missing';

describe('impersonation over HTTP', () => {
  let platform: TestPlatform;
  let root: Member;
  let owner: Member;
  const sockets: Socket[] = [];

  beforeAll(async () => {
    platform = await TestPlatform.start({ TRUSTED_PROXIES: 'loopback' });
    root = await platform.signUpAdmin();
  });
  beforeEach(async () => {
    owner = await platform.signUp('Owner');
  });
  afterEach(() => sockets.splice(0).forEach((socket) => socket.disconnect()));
  afterAll(() => platform?.close());

  const call = <Body = Refused>(method: string, path: string, token: string, body?: unknown) =>
    platform.call<Body>(method, path, { token, ...(body === undefined ? {} : { body }) });
  const start = async (mode: 'read' | 'write'): Promise<Started> => {
    const body = { userId: owner.userId, reason: REASON, mode };
    const answer = await call<Started>('POST', '/v1/admin/impersonations', root.accessToken, body);
    expect(answer.status).toBe(201);
    return answer.body;
  };
  const refusal = ({ status, body }: Answer<Refused>) => [status, body.error?.code];
  const acts = async (id: string): Promise<Act[]> =>
    (await call<{ data: Act[] }>('GET', `/v1/impersonations/${id}/acts`, owner.accessToken)).body.data;
  const connect = async (token: string, extraHeaders: Record<string, string> = {}): Promise<Socket> => {
    const socket = io(platform.url, {
      path: '/agents-ws',
      auth: { token },
      extraHeaders,
      transports: ['websocket'],
      reconnection: false,
    });
    sockets.push(socket);
    await new Promise<void>((resolve, reject) => {
      socket.once('connect', () => resolve());
      socket.once('connect_error', reject);
    });
    return socket;
  };
  const ask = (socket: Socket, event: string, input: unknown) =>
    socket.timeout(10_000).emitWithAck(event, input) as Promise<{ id?: string; error?: { code: string } }>;

  it('looks as the person does, and changes nothing', async () => {
    const { accessToken } = await start('read');
    const me = await call<{ user: { id: string } }>('GET', '/v1/users/me', accessToken);
    expect([me.status, me.body.user.id]).toEqual([200, owner.userId]);
    const change = await call('PUT', '/v1/settings', accessToken, { postCallSmsDelaySeconds: 5 });
    expect(refusal(change)).toEqual([403, 'IMPERSONATION_READ_ONLY']);
    const settings = await call<{ postCallSmsDelaySeconds: number }>(
      'GET',
      '/v1/settings',
      owner.accessToken,
    );
    expect(settings.body.postCallSmsDelaySeconds).toBe(60);
  });

  it('changes what it may, and every change is written down with both people', async () => {
    const { accessToken, impersonation } = await start('write');
    const faulty = await call('PUT', '/v1/settings', accessToken, { postCallSmsDelaySeconds: 'soon' });
    expect(faulty.status).toBe(400);
    const path = '/v1/settings?phone=5145550142';
    expect((await call('PUT', path, accessToken, { postCallSmsDelaySeconds: 5 })).status).toBe(200);
    const told = await acts(impersonation.id);
    expect(told.map(({ action }) => action)).toEqual([
      'settings.changed',
      'impersonation.act',
      'impersonation.act',
      'impersonation.started',
    ]);
    const both = { actorUserId: owner.userId, impersonatorId: root.userId };
    expect(told[0]).toMatchObject(both);
    expect(told[1]).toMatchObject({ ...both, after: { method: 'PUT', path: '/v1/settings' } });
    expect(told[2]).toMatchObject({ after: { path: '/v1/settings' } });
    const seen = await call<{ data: { id: string; reason: string; acts: number }[] }>(
      'GET',
      '/v1/impersonations',
      owner.accessToken,
    );
    expect(seen.body.data).toEqual([
      expect.objectContaining({ id: impersonation.id, reason: REASON, acts: 4 }),
    ]);
  });

  it('may repair a name, within the mode', async () => {
    const [reader, writer] = [await start('read'), await start('write')];
    const rename = ({ accessToken }: Started) =>
      call('PATCH', '/v1/users/me', accessToken, { name: 'Élise' });
    expect(refusal(await rename(reader))).toEqual([403, 'IMPERSONATION_READ_ONLY']);
    expect((await rename(writer)).status).toBe(200);
  });

  it.each([
    ['POST', '/v1/service-tokens', { name: 'n', scopes: ['lookup'] }],
    ['GET', '/v1/service-tokens', undefined],
    ['PUT', '/v1/users/me/password', { currentPassword: 'x', newPassword: 'a long enough phrase' }],
    ['GET', '/v1/users/me/sessions', undefined],
    ['DELETE', '/v1/users/me/sessions', undefined],
    ['POST', '/v1/invitations', { email: 'x@example.test', role: 'admin' }],
    ['PATCH', `/v1/members/${newId()}`, { role: 'admin' }],
    ['DELETE', `/v1/members/${newId()}`, undefined],
    ['POST', '/v1/tenant/transfer', { userId: newId() }],
    ['POST', '/v1/tenant/leave', undefined],
    ['POST', '/v1/tenants', { name: 'Mine' }],
    ['POST', '/v1/auth/switch-tenant', { tenantId: newId() }],
    ['PUT', '/v1/integrations/vapi', { webhookSecret: 'x' }],
    ['POST', '/v1/invitations/some-token/accept', {}],
    ['POST', '/v1/auth/password-resets', { email: 'x@example.test' }],
  ])('keeps away from %s %s in any mode', async (method, path, body) => {
    for (const mode of ['read', 'write'] as const) {
      const { accessToken, impersonation } = await start(mode);
      expect(refusal(await call(method, path, accessToken, body))).toEqual([403, 'IMPERSONATION_FORBIDDEN']);
      expect(await acts(impersonation.id)).toHaveLength(1);
    }
  });

  it('has none of the platform’s rights, and does not lead to another impersonation', async () => {
    const { accessToken } = await start('write');
    for (const path of ['/v1/admin/tenants', '/v1/admin/impersonations', '/v1/admin/audit-logs'])
      expect((await call('GET', path, accessToken)).status).toBe(403);
    const body = { userId: owner.userId, reason: REASON };
    expect((await call('POST', '/v1/admin/impersonations', accessToken, body)).status).toBe(403);
    expect((await call('POST', '/v1/admin/impersonations', owner.accessToken, body)).status).toBe(403);
  });

  it('does not do what cannot be written down', async () => {
    const { accessToken, impersonation } = await start('write');
    await platform.database.query(
      `UPDATE identity.impersonations SET ended_at = now(), ended_reason = 'behind the gateway' WHERE id = $1`,
      [impersonation.id],
    );
    expect((await call('GET', '/v1/users/me', accessToken)).status).toBe(200);
    const change = await call('PUT', '/v1/settings', accessToken, { postCallSmsDelaySeconds: 9 });
    expect(change.status).toBe(401);
    const settings = await call<{ postCallSmsDelaySeconds: number }>(
      'GET',
      '/v1/settings',
      owner.accessToken,
    );
    expect(settings.body.postCallSmsDelaySeconds).toBe(60);
  });

  it('ends when it is ended, or signs itself out', async () => {
    const first = await start('read');
    const { id } = first.impersonation;
    expect((await call('DELETE', `/v1/admin/impersonations/${id}`, root.accessToken)).status).toBe(200);
    const second = await start('read');
    expect((await call('POST', '/v1/auth/logout', second.accessToken)).status).toBe(204);
    for (const { accessToken } of [first, second])
      await eventually(async () => {
        expect((await call('GET', '/v1/users/me', accessToken)).status).toBe(401);
      }, 5_000);
    expect((await call('GET', '/v1/users/me', owner.accessToken)).status).toBe(200);
  });

  it('listens on sockets and does not speak when it only looks', async () => {
    const conversation = await call<{ id: string }>('POST', '/v1/conversations', owner.accessToken, {
      personaId: 'closer',
    });
    const conversationId = conversation.body.id;
    const { accessToken } = await start('read');
    const socket = await connect(accessToken);
    await expect(ask(socket, 'conversation:join', { conversationId })).resolves.toEqual({ conversationId });
    for (const [event, input] of [
      ['message', { conversationId, message: 'Bonjour' }],
      ['message:cancel', { messageId: newId() }],
      ['conversation:new', { agentId: 'closer' }],
      ['typing:start', { id: conversationId }],
    ] as const)
      expect((await ask(socket, event, input)).error?.code).toBe('IMPERSONATION_READ_ONLY');
    expect((await ask(socket, 'auth:refresh', { token: owner.accessToken })).error?.code).toBe(
      'INVALID_TOKEN',
    );
  });

  it('speaks on sockets when it may, and that is written down', async () => {
    const { accessToken, impersonation } = await start('write');
    const socket = await connect(accessToken);
    expect((await ask(socket, 'conversation:new', { agentId: 'closer' })).id).toBeTruthy();
    expect((await acts(impersonation.id))[0]).toMatchObject({
      action: 'impersonation.act',
      after: { method: 'SOCKET', path: 'conversation:new' },
    });
  });

  it('follows what it leads to, into events', async () => {
    const { accessToken } = await start('write');
    const heard: { impersonatorId?: string; actorId?: string; tenantId?: string }[] = [];
    await platform.transport.observe(
      ['notifications.webhook-endpoint.stopped.v1', creditsChangedV1.type, 'identity.session.revoked.v1'],
      ({ meta }) => heard.push(meta),
    );
    expect((await call('POST', '/v1/auth/logout', accessToken)).status).toBe(204);
    const { imp, sub } = decodeJwt(accessToken);
    await eventually(async () => {
      expect(heard).toContainEqual(
        expect.objectContaining({ tenantId: owner.tenantId, impersonatorId: imp, actorId: sub }),
      );
    });
  });

  describe('by the header of design 004', () => {
    const byHeader = <Body = Refused>(
      method: string,
      path: string,
      headers: Record<string, string>,
      { token = root.accessToken, body }: { token?: string; body?: unknown } = {},
    ) => platform.call<Body>(method, path, { token, headers, ...(body === undefined ? {} : { body }) });

    it.each(['X-Impersonate-User-Id', 'X-Impersonated-User-ID'])('%s acts as the person', async (name) => {
      const headers = { [name]: owner.userId };
      const answers = await Promise.all(
        Array.from({ length: 5 }, () => byHeader<{ user: { id: string } }>('GET', '/v1/users/me', headers)),
      );
      expect(answers.map(({ status, body }) => [status, body.user.id])).toEqual(
        answers.map(() => [200, owner.userId]),
      );
      const body = { postCallSmsDelaySeconds: 5 };
      expect(refusal(await byHeader('PUT', '/v1/settings', headers, { body }))).toEqual([
        403,
        'IMPERSONATION_READ_ONLY',
      ]);
      const { body: seen } = await call<{ data: { reason: string }[] }>(
        'GET',
        '/v1/impersonations',
        owner.accessToken,
      );
      expect(seen.data.map(({ reason }) => reason)).toEqual(['004 header']);
    });

    it('writes when it says so, within all limits, and says why', async () => {
      const headers = {
        'X-Impersonated-User-ID': owner.userId,
        'X-Impersonation-Mode': 'write',
        'X-Impersonation-Reason': 'ticket 12',
      };
      const body = { postCallSmsDelaySeconds: 7 };
      expect((await byHeader('PUT', '/v1/settings', headers, { body })).status).toBe(200);
      expect(refusal(await byHeader('GET', '/v1/service-tokens', headers))).toEqual([
        403,
        'IMPERSONATION_FORBIDDEN',
      ]);
      expect((await byHeader('GET', '/v1/admin/tenants', headers)).status).toBe(403);
      const { body: seen } = await call<{ data: { id: string; reason: string; mode: string }[] }>(
        'GET',
        '/v1/impersonations',
        owner.accessToken,
      );
      expect(seen.data).toEqual([
        expect.objectContaining({ mode: 'write', reason: '004 header: ticket 12' }),
      ]);
      expect((await acts(seen.data[0]?.id ?? ''))[0]).toMatchObject({ impersonatorId: root.userId });
    });

    it('is new after the grant was ended', async () => {
      const headers = { 'X-Impersonate-User-Id': owner.userId };
      expect((await byHeader('GET', '/v1/users/me', headers)).status).toBe(200);
      const list = async () =>
        (await call<{ data: { id: string }[] }>('GET', '/v1/impersonations', owner.accessToken)).body.data;
      const [first] = await list();
      await call('DELETE', `/v1/admin/impersonations/${first?.id}`, root.accessToken);
      await eventually(async () => {
        expect((await byHeader('GET', '/v1/users/me', headers)).status).toBe(200);
        expect(await list()).toHaveLength(2);
      }, 5_000);
    });

    it('works for sockets, and tells the address the trusted proxy tells', async () => {
      const socket = await connect(root.accessToken, {
        'X-Impersonate-User-Id': owner.userId,
        'X-Forwarded-For': '192.0.2.1, 203.0.113.7',
      });
      const grants = await platform.database.query(
        'SELECT host(ip::inet) AS ip FROM identity.auth_sessions WHERE user_id = $1 AND impersonator_id = $2',
        [owner.userId, root.userId],
      );
      expect(grants).toEqual([{ ip: '203.0.113.7' }]);
      expect((await ask(socket, 'conversation:new', { agentId: 'closer' })).error?.code).toBe(
        'IMPERSONATION_READ_ONLY',
      );
    });

    it('is refused from others, and when nobody is named', async () => {
      const stranger = await platform.signUp('Stranger');
      const { accessToken } = await start('write');
      const headers = { 'X-Impersonate-User-Id': owner.userId };
      for (const token of [stranger.accessToken, owner.accessToken, accessToken])
        expect(refusal(await byHeader('GET', '/v1/users/me', headers, { token }))).toEqual([
          403,
          'IMPERSONATION_FORBIDDEN',
        ]);
      const serviceToken = await call<{ secret: string }>('POST', '/v1/service-tokens', owner.accessToken, {
        name: 'n',
        scopes: ['calls:read'],
      });
      const { secret } = serviceToken.body;
      expect(refusal(await byHeader('GET', '/v1/calls', headers, { token: secret }))).toEqual([
        403,
        'IMPERSONATION_FORBIDDEN',
      ]);
      for (const id of ['1', `${owner.userId}'--`, '../root', ''])
        expect((await byHeader('GET', '/v1/users/me', { 'X-Impersonate-User-Id': id })).status).toBe(400);
      expect((await byHeader('GET', '/v1/users/me', { 'X-Impersonate-User-Id': newId() })).status).toBe(404);
      expect(
        (await byHeader('GET', '/v1/users/me', { ...headers, 'X-Impersonation-Mode': 'god' })).status,
      ).toBe(400);
      expect((await byHeader('GET', '/v1/users/me', { 'X-Impersonate-User-Id': root.userId })).status).toBe(
        403,
      );
    });
  });
});
