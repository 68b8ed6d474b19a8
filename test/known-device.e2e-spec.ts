import { randomBytes } from 'node:crypto';
import { newId } from '@parley/contracts';
import { TestPlatform } from './support/platform';

const PASSWORD = 'correct horse battery';
const ANON_KEY = randomBytes(24).toString('base64url');

type Headers = Record<string, string>;

/** Each way to sign in by password carries the device: ours, those of the designs, and Supabase's. */
describe('a known device', () => {
  let platform: TestPlatform;
  beforeAll(async () => {
    platform = await TestPlatform.start({
      REQUIRE_VERIFIED_EMAIL: 'false',
      RATE_LIMIT_AUTH: '100000',
      SUPABASE_ANON_KEY: ANON_KEY,
    });
  });
  afterAll(() => platform?.close());

  it.each([
    ['/v1/auth/login', 'deviceToken', {}],
    ['/auth/login', 'deviceToken', {}],
    ['/api/auth/login', 'device_token', {}],
    ['/auth/v1/token?grant_type=password', 'device_token', { apikey: ANON_KEY }],
  ] satisfies [string, string, Headers][])(
    'enters by POST %s while its network is locked',
    async (path, field, key) => {
      const email = `elise-${newId()}@plomberie-tremblay.ca`;
      const signIn = (password: string, headers: Headers = {}) =>
        platform.call<Record<string, unknown>>('POST', path, {
          body: { email, password },
          headers: { ...key, ...headers },
        });
      await platform.call('POST', '/v1/auth/register', {
        body: { email, password: PASSWORD, name: 'Élise' },
      });
      const device = { 'x-device-token': String((await signIn(PASSWORD)).body[field]) };
      for (let n = 0; n < 5; n++) await signIn('not the password');
      expect((await signIn(PASSWORD)).status).toBe(429);
      const { status, body } = await signIn(PASSWORD, device);
      expect(status).toBe(200);
      expect(body).not.toHaveProperty(field);
      expect((await signIn(PASSWORD, { 'x-device-token': 'not a token' })).status).toBe(429);
    },
  );
});
