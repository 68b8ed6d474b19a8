import { randomBytes } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { newId, type SystemConfigEntry, type SystemConfigTest } from '@parley/contracts';
import { LiveConfig } from '@parley/platform';
import { eventually } from '@parley/testing';
import { type Answer, type Member, TestPlatform } from './support/platform';

interface ErrorBody {
  error: { code: string; details?: { field: string }[] };
}

const aKey = (): string => randomBytes(24).toString('hex');
const ROUTE = '/v1/admin/system-config';
const SECONDS = 5_000;

describe('settings changed while the platform runs', () => {
  let platform: TestPlatform;
  let admin: Member;
  let member: Member;
  /** What crossed between the services, requests and answers alike. */
  let crossed: string[];
  /** Keys the sandbox was given, by path. */
  const given: { path: string; key: string }[] = [];

  beforeAll(async () => {
    platform = await TestPlatform.start((sandbox) => ({
      RATE_LIMIT_AUTH: '100000',
      RESEND_BASE_URL: `${sandbox}/resend`,
      ANTHROPIC_BASE_URL: `${sandbox}/anthropic`,
      TWILIO_BASE_URL: `${sandbox}/twilio`,
      VAPI_BASE_URL: `${sandbox}/vapi`,
      STRIPE_BASE_URL: sandbox,
      STRIPE_API_URL: sandbox,
      STRIPE_SECRET_KEY: aKey(),
      RESEND_API_KEY: aKey(),
      ANTHROPIC_API_KEY: aKey(),
    }));
    platform.sandbox.app.server.on('request', ({ url = '', headers }: IncomingMessage) => {
      const key = headers['x-api-key']?.toString() ?? headers.authorization?.replace('Bearer ', '');
      if (key) given.push({ path: url, key });
    });
    crossed = record(platform);
    admin = await platform.signUpAdmin();
    member = await platform.signUp();
  });
  afterAll(() => platform?.close());

  const ask = <Body = SystemConfigEntry>(
    method: string,
    path: string,
    body?: object,
  ): Promise<Answer<Body>> =>
    platform.call<Body>(method, ROUTE + path, { token: admin.accessToken, ...(body ? { body } : {}) });
  const put = async (key: string, value: unknown, rest: object = {}): Promise<SystemConfigEntry> => {
    const answer = await ask('PUT', `/${key}`, { value, ...rest });
    expect([answer.status, answer.body]).toEqual([200, expect.objectContaining({ source: 'stored' })]);
    return answer.body;
  };
  const settingOf = (service: string, key: string): unknown =>
    platform.get<LiveConfig>(service, LiveConfig).get(key);
  const keysAt = (path: string) => given.filter((each) => each.path === path).map(({ key }) => key);

  /** Mails somebody and says with which key, and from whom. */
  const mailKey = async (): Promise<string | undefined> => {
    const before = keysAt('/resend/emails').length;
    await platform.call('POST', '/v1/auth/password-resets', { body: { email: member.email } });
    return eventually(() => {
      const keys = keysAt('/resend/emails');
      expect(keys.length).toBeGreaterThan(before);
      return keys.at(-1);
    });
  };
  const chatKey = async (): Promise<string | undefined> => {
    const before = keysAt('/anthropic/v1/messages').length;
    const { token, body } = { token: member.accessToken, body: { personaId: 'closer', title: newId() } };
    const { body: conversation } = await platform.call<{ id: string }>('POST', '/v1/conversations', {
      token,
      body,
    });
    await platform.call('POST', `/v1/conversations/${conversation.id}/messages`, {
      token,
      body: { text: 'Bonjour' },
    });
    return eventually(() => {
      const keys = keysAt('/anthropic/v1/messages');
      expect(keys.length).toBeGreaterThan(before);
      return keys.at(-1);
    });
  };

  it('reach the mails without a restart, and go back', async () => {
    const [first, second] = [aKey(), aKey()];
    const saved = await put('RESEND_API_KEY', first, { expectedVersion: 0, reason: 'new account' });
    expect(saved.current).toMatchObject({ version: 1, lastFour: first.slice(-4), value: null });
    // The provider was asked about it first.
    expect(keysAt('/resend/domains')).toEqual([first]);
    await eventually(() => expect(settingOf('notifications', 'RESEND_API_KEY')).toBe(first), SECONDS);
    expect(await mailKey()).toBe(first);
    await put('RESEND_API_KEY', second);
    await eventually(() => expect(settingOf('notifications', 'RESEND_API_KEY')).toBe(second), SECONDS);
    expect(await mailKey()).toBe(second);
    expect((await ask('POST', '/RESEND_API_KEY/rollback', { version: 1 })).status).toBe(200);
    await eventually(() => expect(settingOf('notifications', 'RESEND_API_KEY')).toBe(first), SECONDS);
    expect(await mailKey()).toBe(first);
  });

  it('reach the chat without a restart, and the environment again once removed', async () => {
    const fromEnvironment = await chatKey();
    const key = aKey();
    await put('ANTHROPIC_API_KEY', key);
    await eventually(async () => expect(await chatKey()).toBe(key), SECONDS);
    expect((await ask('DELETE', '/ANTHROPIC_API_KEY?expectedVersion=1')).body.source).toBe('environment');
    await eventually(async () => expect(await chatKey()).toBe(fromEnvironment), SECONDS);
  });

  it('reach Stripe without a restart', async () => {
    const stripeKey = async (): Promise<string | undefined> => {
      const at = given.length;
      const { status } = await platform.call('POST', '/v1/billing/credit-purchases', {
        token: member.accessToken,
        body: { packCode: 'credits_100' },
      });
      expect(status).toBe(200);
      return given.slice(at).find(({ path }) => path.startsWith('/v1/checkout/sessions'))?.key;
    };
    const fromEnvironment = await eventually(stripeKey);
    const key = aKey();
    await put('STRIPE_SECRET_KEY', key);
    expect(keysAt('/v1/balance')).toEqual([key]);
    await eventually(async () => expect(await stripeKey()).toBe(key), SECONDS);
    expect((await ask('DELETE', '/STRIPE_SECRET_KEY?expectedVersion=1')).status).toBe(200);
    await eventually(async () => expect(await stripeKey()).toBe(fromEnvironment), SECONDS);
    expect(fromEnvironment).toBeDefined();
  });

  it('reach the free credits of who comes next', async () => {
    await put('FREE_CREDITS', 33);
    await eventually(async () => {
      const { accessToken: token } = await platform.signUp();
      await eventually(async () => {
        const { body } = await platform.call<{ balance: number }>('GET', '/v1/billing/credits', { token });
        expect(body.balance).toBe(33);
      }, 500);
    });
  });

  it('cross between the services sealed only', async () => {
    const key = aKey();
    await put('OPENROUTER_API_KEY', key);
    const own = await platform.call('PUT', '/v1/users/me/provider-keys/openai', {
      token: member.accessToken,
      body: { key },
    });
    expect(own.status).toBe(200);
    const profile = await platform.call<{ apiKeys: object }>('PATCH', '/v1/users/me', {
      token: member.accessToken,
      body: { apiKeys: { elevenlabs: key } },
    });
    expect(profile.body.apiKeys).toEqual({ openai: key.slice(-4), elevenlabs: key.slice(-4) });
    await eventually(() => expect(crossed.join()).toContain('identity.system-config.resolve'));
    expect(crossed.join()).toContain('sealedValue');
    expect(crossed.join()).not.toContain(key);
    for (const { key: used } of given.filter(({ path }) => path.startsWith('/resend'))) {
      expect(crossed.join()).not.toContain(used);
    }
  });

  it('leave personal keys to their owner: written, listed by their end, removed', async () => {
    const { accessToken: token } = await platform.signUp();
    const route = '/v1/users/me/provider-keys';
    const key = aKey();
    expect((await platform.call('PUT', `${route}/openai`, { token, body: { key } })).status).toBe(200);
    const list = async () => (await platform.call<{ data: object[] }>('GET', route, { token })).body.data;
    expect(await list()).toEqual([expect.objectContaining({ provider: 'openai', lastFour: key.slice(-4) })]);
    const wrong = [
      await platform.call('PUT', `${route}/mistral`, { token, body: { key } }),
      await platform.call('PUT', `${route}/openai`, { token, body: { key, sealedKey: key } }),
      await platform.call('PATCH', '/v1/users/me', { token, body: { sealedApiKeys: key } }),
      await platform.call('PATCH', '/v1/users/me', { token, body: { apiKeys: { mistral: key } } }),
    ];
    expect(wrong.map(({ status }) => status)).toEqual([400, 400, 400, 400]);
    const remove = () => platform.call('DELETE', `${route}/openai`, { token });
    expect([(await remove()).status, (await remove()).status]).toEqual([204, 404]);
    expect(await list()).toEqual([]);
  });

  it('are refused when the provider refuses them', async () => {
    await put('TWILIO_ACCOUNT_SID', `AC${'c'.repeat(32)}`);
    const refused = await ask<ErrorBody>('PUT', '/TWILIO_AUTH_TOKEN', { value: aKey() });
    expect([refused.status, refused.body.error.details?.[0]?.field]).toEqual([400, 'value']);
    const tested = await ask<SystemConfigTest>('POST', '/TWILIO_AUTH_TOKEN/test', {
      value: platform.secrets.twilioAuthToken,
    });
    expect(tested.body).toMatchObject({ ok: true, status: 200, outcome: 'accepted' });
    await put('TWILIO_AUTH_TOKEN', platform.secrets.twilioAuthToken);
    await eventually(async () => {
      const rows = await platform.database.query<{ sid: string }>(
        `SELECT account_sid AS sid FROM telephony.provider_connections
         WHERE tenant_id IS NULL AND provider = 'twilio'`,
      );
      expect(rows).toEqual([{ sid: `AC${'c'.repeat(32)}` }]);
    }, SECONDS);
    const vapi = await ask<SystemConfigTest>('POST', '/VAPI_API_KEY/test', { value: aKey() });
    expect(vapi.body).toMatchObject({ ok: true, status: 200 });
  });

  it('are asked about again when they are brought back, and with the token they belong to', async () => {
    const rollBack = (key: string, body: object) => ask<ErrorBody>('POST', `/${key}/rollback`, body);
    await put('TWILIO_AUTH_TOKEN', aKey(), { skipTest: true });
    const other = await ask<ErrorBody>('PUT', '/TWILIO_ACCOUNT_SID', { value: `AC${'e'.repeat(32)}` });
    expect([other.status, other.body.error.code]).toEqual([400, 'VALIDATION_FAILED']);
    const revoked = await rollBack('TWILIO_AUTH_TOKEN', { version: 2 });
    expect([revoked.status, revoked.body.error.code]).toEqual([400, 'VALIDATION_FAILED']);
    expect((await rollBack('TWILIO_AUTH_TOKEN', { version: 1 })).status).toBe(200);
    expect((await rollBack('TWILIO_AUTH_TOKEN', { version: 2, skipTest: true })).status).toBe(200);
  });

  it('tell who is late that another was faster', async () => {
    await put('UPLOAD_LIMIT_BYTES', 4096, { expectedVersion: 0 });
    const late = await ask<ErrorBody>('PUT', '/UPLOAD_LIMIT_BYTES', { value: 8192, expectedVersion: 0 });
    expect([late.status, late.body.error.code]).toEqual([409, 'STATE_CONFLICT']);
    const { body } = await ask<{ data: { version: number; value: number }[] }>(
      'GET',
      '/UPLOAD_LIMIT_BYTES/versions',
    );
    expect(body.data).toEqual([expect.objectContaining({ version: 1, value: 4096 })]);
  });

  it.each([
    ['GET', ''],
    ['GET', '/FREE_CREDITS'],
    ['GET', '/FREE_CREDITS/versions'],
    ['PUT', '/FREE_CREDITS'],
    ['POST', '/RESEND_API_KEY/test'],
    ['POST', '/FREE_CREDITS/rollback'],
    ['DELETE', '/FREE_CREDITS'],
  ])('are not for members: %s %s', async (method, path) => {
    const { status } = await platform.call(method, ROUTE + path, {
      token: member.accessToken,
      ...(method === 'GET' || method === 'DELETE' ? {} : { body: { value: 1, version: 1 } }),
    });
    expect(status).toBe(403);
  });

  it('have no route to the values', async () => {
    const { body } = await platform.call<{ paths: object }>('GET', '/api-docs-json');
    const ofSettings = Object.keys(body.paths).filter((path) => path.includes('config'));
    expect(ofSettings).toContain('/v1/admin/system-config');
    expect(ofSettings.filter((path) => path.includes('resolve'))).toEqual([]);
  });
});

/** Stands where the broker would: every request, answer and event as it goes over the wire. */
function record({ transport }: TestPlatform): string[] {
  const seen: string[] = [];
  const request = transport.request.bind(transport);
  const publish = transport.publish.bind(transport);
  transport.request = async (question) => {
    seen.push(JSON.stringify(question));
    const reply = await request(question);
    seen.push(JSON.stringify(reply));
    return reply;
  };
  transport.publish = (envelopes) => {
    seen.push(JSON.stringify(envelopes));
    return publish(envelopes);
  };
  return seen;
}
