import { randomBytes } from 'node:crypto';
import { newId } from '@parley/contracts';
import { eventually } from '@parley/testing';
import type { Mail } from '../../apps/sandbox/src';
import { TestPlatform } from '../support/platform';
import { differences, filled, type Step, stepsOf, type Values, valueAt } from './fixture';

/** Each design's identity endpoints, asked as its own clients ask and answered as they read. */
describe('dialects', () => {
  let platform: TestPlatform;
  let superAdmin: string;
  beforeAll(async () => {
    platform = await TestPlatform.start({
      REQUIRE_VERIFIED_EMAIL: 'false',
      RATE_LIMIT_AUTH: '100000',
      APP_URL: 'https://app.parley.test',
    });
    superAdmin = (await platform.signUpAdmin()).accessToken;
  });
  afterAll(() => platform?.close());

  const tokenMailed = (email: string, page: string): Promise<string> =>
    eventually(async () => {
      const response = await fetch(`${platform.sandbox.url}/mailbox?to=${encodeURIComponent(email)}`);
      const { mails } = (await response.json()) as { mails: Mail[] };
      const tokens = mails.flatMap(
        ({ text }) => new RegExp(`/${page}\\?token=([\\w-]+)`).exec(text ?? '')?.[1] ?? [],
      );
      const [token] = tokens;
      if (!token) throw new Error(`no mail about ${page} yet`);
      return token;
    });

  async function run(step: Step, values: Values): Promise<void> {
    if (step.mailed) values['mailed'] = await tokenMailed(values['email'] ?? '', step.mailed);
    const [method = '', path = ''] = filled(step.request, values).split(' ');
    const token = { nobody: undefined, 'super admin': superAdmin, person: values['token'] }[
      step.as ?? 'person'
    ];
    const ask = async (): Promise<unknown> => {
      const { status, body, headers } = await platform.call(method, path, {
        ...(token ? { token } : {}),
        ...(step.body === undefined ? {} : { body: filled(step.body, values) }),
      });
      expect([status, status === step.status ? '' : body]).toEqual([step.status, '']);
      if (!path.startsWith('/v1/')) expect(headers.get('deprecation')).toBe('true');
      if (step.is !== undefined) expect(differences(step.is, body, true)).toEqual([]);
      if (step.has !== undefined) expect(differences(step.has, body, false)).toEqual([]);
      return body;
    };
    // What is read may have been written by another service a moment ago: free credits, for one.
    const body = method === 'GET' ? await eventually(ask) : await ask();
    for (const [name, from] of Object.entries(step.keep ?? {})) values[name] = valueAt(body, from);
  }

  describe.each(['000', '001', '002', '003', '004'])('design %s', (design) => {
    const values: Values = {
      email: `elise-${design}-${newId()}@plomberie-tremblay.ca`,
      password: randomBytes(12).toString('hex'),
      newPassword: randomBytes(12).toString('hex'),
    };
    for (const step of stepsOf(design)) {
      it(`${step.id}: ${step.request}`, () => run(step, values));
    }
  });

  it('leaves canonical routes in their own words', async () => {
    const { body } = await platform.call('GET', '/v1/users/me', { token: superAdmin });
    expect(differences({ user: { emailVerified: 'boolean', createdAt: 'instant' } }, body, false)).toEqual(
      [],
    );
    expect(JSON.stringify(body)).not.toContain('created_at');
  });

  it('refuses a field under both names', async () => {
    const { status, body } = await platform.call('POST', '/api/change-password', {
      token: superAdmin,
      body: { currentPassword: 'a', current_password: 'b', newPassword: 'c' },
    });
    expect([status, body]).toEqual([
      400,
      { error: 'Invalid input: current_password', request_id: expect.any(String) as string },
    ]);
  });
});
