import { newId } from '@parley/contracts';
import { SignJWT } from 'jose';
import { RATE_STORE } from '../apps/gateway/src/edge/rate-limits';
import type { RateStore } from '../apps/gateway/src/edge/rate-store';
import { type Answer, type Member, TestPlatform } from './support/platform';

interface ErrorBody {
  error: {
    code: string;
    message: string;
    details?: { field: string }[];
    timestamp: string;
    requestId: string;
  };
}

describe('the edge', () => {
  let platform: TestPlatform;
  let owner: Member;
  const call = (method: string, path: string, options: Parameters<TestPlatform['call']>[2] = {}) =>
    platform.call<ErrorBody>(method, path, options);
  const asOwner = (method: string, path: string, body?: unknown) =>
    call(method, path, { token: owner.accessToken, body });
  const fieldsOf = ({ body }: Answer<ErrorBody>) => body.error.details?.map(({ field }) => field);

  beforeAll(async () => {
    platform = await TestPlatform.start({
      RATE_LIMIT_AUTH: '5',
      RATE_LIMIT_WQUEUE: '2',
      RATE_LIMIT_AUTH_ADDRESS: '30',
      RATE_LIMIT_BAD_KEYS: '3',
      TRUSTED_PROXIES: '127.0.0.0/8',
      APP_URL: 'https://app.parley.test/start',
    });
    owner = await platform.signUp('Edge');
  });
  afterAll(() => platform?.close());

  it('gives every error one shape, with the request id the client sent', async () => {
    const answer = await call('GET', '/v1/calls', { headers: { 'x-request-id': 'my-request-1' } });
    expect(answer.status).toBe(401);
    expect(answer.body).toEqual({
      error: {
        code: 'INVALID_TOKEN',
        message: expect.any(String) as string,
        timestamp: expect.stringMatching(/Z$/) as string,
        requestId: 'my-request-1',
      },
    });
    expect(answer.headers.get('x-request-id')).toBe('my-request-1');
  });

  it.each([
    ['malformed JSON', '{"email":', 400, 'VALIDATION_FAILED'],
    ['an array for an object', '[]', 400, 'VALIDATION_FAILED'],
    ['a body over the limit', JSON.stringify({ email: 'x'.repeat(1_100_000) }), 413, 'FILE_TOO_LARGE'],
  ])('refuses %s', async (_what, body, status, code) => {
    const answer = await call('POST', '/v1/auth/login', {
      body,
      headers: { 'content-type': 'application/json' },
    });
    expect([answer.status, answer.body.error.code]).toEqual([status, code]);
  });

  it('refuses an address that is too long, whole or in its query', async () => {
    for (const path of [`/v1/calls?q=${'x'.repeat(9000)}`, `/auth/${'x'.repeat(9000)}`]) {
      const answer = await call('GET', path);
      expect([answer.status, answer.body.error.code]).toEqual([414, 'URI_TOO_LONG']);
    }
  });

  it('refuses headers that are too large, in its own words', async () => {
    const answer = await call('GET', '/health', { headers: { 'x-large': 'x'.repeat(20_000) } });
    expect([answer.status, answer.body.error.code]).toEqual([431, 'HEADERS_TOO_LARGE']);
    expect(answer.headers.get('x-request-id')).toBe(answer.body.error.requestId);
  });

  it.each(['x y', '<script>', 'a'.repeat(129), ''])('makes a request id of its own for %j', async (sent) => {
    const { headers } = await call('GET', '/health/live', { headers: { 'x-request-id': sent } });
    expect(headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/);
  });

  it('believes a trusted proxy about the address', async () => {
    const attempt = (address: string) =>
      call('POST', '/v1/auth/login', {
        body: { email: 'proxied@example.test', password: 'wrong password' },
        headers: { 'x-forwarded-for': address },
      });
    const first = await attempt('203.0.113.7');
    const second = await attempt('203.0.113.8');
    const remaining = [first, second].map(({ headers }) => headers.get('ratelimit-remaining'));
    expect(remaining).toEqual(['4', '4']);
    expect((await attempt('203.0.113.7')).headers.get('ratelimit-remaining')).toBe('3');
  });

  it('counts a limited kind of request apart from the others', async () => {
    const admin = await platform.signUpAdmin();
    const path = '/v1/admin/inbound-webhooks';
    const answers = [];
    for (let n = 0; n < 3; n++) answers.push(await call('GET', path, { token: admin.accessToken }));
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 429]);
    expect(answers.map(({ headers }) => headers.get('ratelimit-limit'))).toEqual(['2', '2', '2']);
    expect(answers[2]?.body.error.code).toBe('RATE_LIMITED');
    expect((await call('GET', '/v1/users/me', { token: admin.accessToken })).status).toBe(200);
  });

  it('refuses a content type it cannot read', async () => {
    const answer = await call('POST', '/v1/auth/login', {
      body: '<xml/>',
      headers: { 'content-type': 'text/xml' },
    });
    expect(answer.status).toBe(415);
  });

  it('names wrong, missing and unknown fields', async () => {
    const answer = await call('POST', '/v1/auth/register', {
      body: { email: 5, name: 'x', tenantId: newId() },
    });
    expect(answer.status).toBe(400);
    expect(fieldsOf(answer)).toEqual(expect.arrayContaining(['email', 'password', 'tenantId']));
  });

  it.each([
    ['/v1/calls/not-a-uuid', 'id'],
    ['/v1/calls?limit=0', 'limit'],
    ['/v1/calls?limit=100000', 'limit'],
    ['/v1/calls?limit=ten', 'limit'],
    ['/v1/calls?cursor=nonsense', 'cursor'],
    ['/v1/calls?status=exploded', 'status'],
    ['/v1/calls?tenantId=mine', 'tenantId'],
    ['/v1/analytics/daily?from=2026-02-31&to=2026-03-01', 'from'],
  ])('refuses %s, naming %s', async (path, field) => {
    const answer = await asOwner('GET', path);
    expect(answer.status).toBe(400);
    expect(fieldsOf(answer)).toContain(field);
  });

  it('answers 404 to unknown routes and to ids nobody has', async () => {
    expect((await asOwner('GET', '/v1/nothing-here')).body.error.code).toBe('NOT_FOUND');
    expect((await asOwner('GET', `/v1/calls/${newId()}`)).body.error.code).toBe('CALL_NOT_FOUND');
  });

  it.each([
    ['no signature', () => `${btoa('{"alg":"none"}')}.${btoa('{"sub":"x"}')}.`],
    [
      'another algorithm',
      () =>
        new SignJWT({ sid: newId(), tid: newId() })
          .setProtectedHeader({ alg: 'HS256' })
          .setSubject(newId())
          .setExpirationTime('1h')
          .sign(new Uint8Array(32)),
    ],
    [
      'a changed payload',
      () =>
        owner.accessToken.replace(/\.([^.]+)\./, (_all, payload: string) => `.${payload.slice(0, -2)}AA.`),
    ],
    ['nonsense', () => 'nonsense'],
  ])('refuses a token with %s', async (_what, forge) => {
    const answer = await call('GET', '/v1/users/me', { token: await forge() });
    expect([answer.status, answer.body.error.code]).toEqual([401, 'INVALID_TOKEN']);
  });

  it('refuses what the role does not allow', async () => {
    expect((await asOwner('GET', '/v1/admin/inbound-webhooks')).status).toBe(403);
  });

  it('limits sign-in per address and mail, and tells when to come back', async () => {
    const attempt = () =>
      call('POST', '/v1/auth/login', { body: { email: 'nobody@example.test', password: 'wrong password' } });
    const statuses = [];
    for (let n = 0; n < 5; n++) statuses.push((await attempt()).status);
    expect(statuses.slice(0, 4)).toEqual([401, 401, 401, 401]);
    const limited = await attempt();
    expect(limited.status).toBe(429);
    expect(Number(limited.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(limited.headers.get('ratelimit-limit')).toBe('5');
    expect((await asOwner('GET', '/v1/users/me')).status).toBe(200);
  });

  it('limits sign-in per address, whatever mails it tries, and remembers no mail as long as a body', async () => {
    const hit = jest.spyOn(platform.get<RateStore>('gateway', RATE_STORE), 'hit');
    const attempt = (email: string, address = '203.0.113.20') =>
      call('POST', '/v1/auth/login', {
        body: { email, password: 'wrong password' },
        headers: { 'x-forwarded-for': address },
      });
    expect((await attempt('x'.repeat(1_000_000))).status).toBe(400);
    for (const [key] of hit.mock.calls) expect(key.length).toBeLessThan(100);
    const statuses = new Set<number>();
    for (let n = 1; n < 30; n++) statuses.add((await attempt(`nobody-${n}@example.test`)).status);
    expect([...statuses]).toEqual([401]);
    const over = await attempt('nobody-30@example.test');
    expect([over.status, over.headers.get('ratelimit-limit')]).toEqual([429, '30']);
    expect(Number(over.headers.get('retry-after'))).toBeGreaterThan(0);
    expect((await attempt('nobody-30@example.test', '203.0.113.21')).status).toBe(401);
    hit.mockRestore();
  });

  it('does not count against the neighbours what one person is refused', async () => {
    const attempt = (email: string) =>
      call('POST', '/v1/auth/login', {
        body: { email, password: 'wrong password' },
        headers: { 'x-forwarded-for': '203.0.113.30' },
      });
    for (let n = 0; n < 40; n++) await attempt('stubborn@example.test');
    expect((await attempt('neighbour@example.test')).status).toBe(401);
  });

  it('lets colleagues behind one address each present their own link and code', async () => {
    const present = (token: string) =>
      call('PUT', '/v1/auth/password-resets', {
        body: { token, newPassword: 'une phrase assez longue' },
        headers: { 'x-forwarded-for': '203.0.113.50' },
      });
    const statusOf = async (token: string): Promise<number> => (await present(token)).status;
    const links = Array.from({ length: 7 }, (_each, n) => String(n).repeat(43));
    for (const link of links) expect(await statusOf(link)).not.toBe(429);
    for (let n = 1; n < 5; n++) expect(await statusOf(links[0] ?? '')).not.toBe(429);
    expect(await statusOf(links[0] ?? '')).toBe(429);
  });

  it('asks about a few wrong service tokens of an address only', async () => {
    const guess = (n: number) =>
      call('GET', '/v1/calls', {
        token: `parley_${String(n).padStart(8, '0')}_${'A'.repeat(43)}`,
        headers: { 'x-forwarded-for': '203.0.113.40' },
      });
    const answers = [];
    for (let n = 0; n < 4; n++) answers.push(await guess(n));
    expect(answers.map(({ status }) => status)).toEqual([401, 401, 401, 429]);
    expect(Number(answers[3]?.headers.get('retry-after'))).toBeGreaterThan(0);
  });

  it('sets security headers and lets only known origins in', async () => {
    const { headers } = await call('GET', '/health', { headers: { origin: 'https://evil.example' } });
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(headers.get('x-frame-options')).toBeTruthy();
    expect(headers.get('access-control-allow-origin')).toBeNull();
    const known = await call('GET', '/health', { headers: { origin: 'http://localhost:5173' } });
    expect(known.headers.get('access-control-allow-origin')).toBe('http://localhost:5173');
    const app = await call('OPTIONS', '/v1/calls', {
      headers: {
        origin: 'https://app.parley.test',
        'access-control-request-method': 'POST',
        'access-control-request-headers': 'apikey,idempotency-key',
      },
    });
    expect(app.headers.get('access-control-allow-origin')).toBe('https://app.parley.test');
    expect(app.headers.get('access-control-allow-headers')).toContain('idempotency-key');
  });

  it('describes every route it serves, and every route declares who may use it', async () => {
    interface Document {
      paths: Record<
        string,
        Record<string, { summary?: string; tags?: string[]; responses: object; security?: object[] }>
      >;
    }
    const { body } = await platform.call<Document>('GET', '/api-docs-json');
    const operations = Object.entries(body.paths).flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, operation]) => ({ route: `${method} ${path}`, ...operation })),
    );
    expect(operations.length).toBeGreaterThan(50);
    expect(operations.filter(({ summary }) => !summary).map(({ route }) => route)).toEqual([]);
    const open = operations.filter(({ security }) => !security).map(({ route }) => route);
    expect(
      open.every((route) =>
        /auth\/(login|mfa|passkeys|register|refresh|verif|password-resets|reset-password|resend-verif|oauth|social)|invitations\/{token}\/accept|auth\/v1\/(signup|token|recover|resend|verify|settings)$|health|jwks|api-docs|billing\/plans|privacy\/certificate$/.test(
          route,
        ),
      ),
    ).toBe(true);
  });

  it('publishes the keys its tokens are signed with', async () => {
    const { body } = await platform.call<{ keys: { kid: string; d?: string }[] }>(
      'GET',
      '/.well-known/jwks.json',
    );
    expect(body.keys.length).toBeGreaterThan(0);
    expect(body.keys.every(({ kid, d }) => kid && d === undefined)).toBe(true);
  });

  it('shows metrics to operators only', async () => {
    const { status, body } = await platform.call<string>('GET', '/metrics');
    expect(status).toBe(200);
    expect(body).toContain('http_request_duration_seconds');
  });
});
