import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { randomBytes } from 'node:crypto';
import type { IdentityConfig } from '../config';
import { probeOf } from './provider-probes';
import { ProviderTest, verdictOf } from './provider-test.service';

const SID = `AC${'b'.repeat(32)}`;
const key = randomBytes(24).toString('hex');
const stored = async () => SID;

describe('asking a provider about a key', () => {
  it.each([
    ['ANTHROPIC_API_KEY', 'https://api.anthropic.com/v1/models?limit=1', 'x-api-key', key],
    ['RESEND_API_KEY', 'https://api.resend.com/domains', 'authorization', `Bearer ${key}`],
    ['VAPI_API_KEY', 'https://api.vapi.ai/call?limit=1', 'authorization', `Bearer ${key}`],
    ['STRIPE_SECRET_KEY', 'https://api.stripe.com/v1/balance', 'authorization', `Bearer ${key}`],
    [
      'TWILIO_AUTH_TOKEN',
      `https://api.twilio.com/2010-04-01/Accounts/${SID}/Calls.json?PageSize=1`,
      'authorization',
      `Basic ${Buffer.from(`${SID}:${key}`).toString('base64')}`,
    ],
  ])('%s', async (name, url, header, value) => {
    const probe = await probeOf(name, key, {} as IdentityConfig, stored);
    expect([probe.url, probe.headers[header]]).toEqual([url, value]);
  });

  it('TWILIO_ACCOUNT_SID, with the token that is stored', async () => {
    const token = async () => key;
    const { url, headers } = await probeOf('TWILIO_ACCOUNT_SID', SID, {} as IdentityConfig, token);
    expect(url).toContain(`/Accounts/${SID}/`);
    expect(headers['authorization']).toBe(`Basic ${Buffer.from(`${SID}:${key}`).toString('base64')}`);
  });

  it('goes where the settings say', async () => {
    const urls = { STRIPE_BASE_URL: 'http://127.0.0.1:1/stripe/' } as IdentityConfig;
    expect((await probeOf('STRIPE_SECRET_KEY', key, urls, stored)).url).toBe(
      'http://127.0.0.1:1/stripe/v1/balance',
    );
  });

  it.each([
    ['TWILIO_AUTH_TOKEN', /TWILIO_ACCOUNT_SID/],
    ['TWILIO_ACCOUNT_SID', /token/],
    ['ELEVENLABS_API_KEY', /nobody to ask/],
  ])('cannot be done for %s', async (name, why) => {
    await expect(probeOf(name, key, {} as IdentityConfig, async () => undefined)).rejects.toThrow(why);
  });

  it.each([
    [200, '', true, 'accepted'],
    [401, '{"name":"restricted_api_key"}', true, 'accepted, for sending'],
    [401, '', false, 'refused with 401'],
    [403, '', false, 'refused with 403'],
    [302, '', false, 'unexpected answer 302'],
    [503, '', false, 'unexpected answer 503'],
  ])('judges %d %s', (status, answer, ok, outcome) => {
    expect(verdictOf(status, answer)).toEqual({ ok, outcome });
  });
});

describe('a provider', () => {
  let server: Server;
  let answer: (key: string | undefined) => number | undefined;
  let test: ProviderTest;
  beforeAll(async () => {
    server = createServer((request, response) => {
      const status = answer(request.headers.authorization);
      if (status !== undefined) response.writeHead(status).end(String(request.headers.authorization));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    test = new ProviderTest({
      STRIPE_BASE_URL: `http://127.0.0.1:${port}`,
      PROVIDER_TEST_TIMEOUT_MS: 200,
      APP_VERSION: 'test',
    } as IdentityConfig);
  });
  afterAll(async () => {
    await test.onModuleDestroy();
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });

  it.each<[string, number | undefined, boolean, number | null, string]>([
    ['that accepts', 200, true, 200, 'accepted'],
    ['that refuses', 401, false, 401, 'refused with 401'],
    ['that is silent', undefined, false, null, 'no answer: not in time'],
  ])('%s is told of without the key', async (_case, status, ok, told, outcome) => {
    answer = (given) => (given === `Bearer ${key}` ? status : 500);
    const result = await test.ask('STRIPE_SECRET_KEY', key, stored);
    expect(result).toMatchObject({ ok, status: told, outcome });
    expect(result.asked).toMatch(/^GET http:.*\/v1\/balance$/);
    expect(JSON.stringify(result)).not.toContain(key);
  });
});
