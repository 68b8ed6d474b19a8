import { type OwnSession } from '@parley/contracts';
import { LiveConfig } from '@parley/platform';
import { eventually } from '@parley/testing';
import { TestPlatform } from './support/platform';

describe('the edge', () => {
  let platform: TestPlatform;
  beforeAll(async () => {
    platform = await TestPlatform.start({
      RATE_LIMIT_AUTH: '100000',
      TRUSTED_PROXIES: 'loopback',
      GEO_COUNTRY_HEADER: 'cf-ipcountry',
      GEO_CITY_HEADER: 'cf-ipcity',
    });
  });
  afterAll(() => platform?.close());

  it('tells where a session was used, in the words of the proxy in front', async () => {
    const { email, password, accessToken } = await platform.signUp();
    const headers = {
      'x-forwarded-for': '203.0.113.7',
      'cf-ipcountry': 'CA',
      'cf-ipcity': Buffer.from('Québec').toString('latin1'),
    };
    await platform.call('POST', '/v1/auth/login', { body: { email, password }, headers });
    const { body } = await platform.call<{ data: OwnSession[] }>('GET', '/v1/users/me/sessions', {
      token: accessToken,
    });
    expect(body.data.map(({ ip, place }) => [ip, place])).toEqual([
      ['203.0.113.7', 'Québec, CA'],
      ['127.0.0.1', null],
    ]);
  });

  it('limits bodies as administrators say, told lengths or not', async () => {
    const { accessToken: token } = await platform.signUpAdmin();
    const path = '/v1/admin/system-config/OPENROUTER_API_KEY/test';
    const sizes = {
      small: JSON.stringify({ value: 'x'.repeat(2000) }),
      large: JSON.stringify({ value: 'x'.repeat(8000) }),
    };
    const send = async (body: string, chunked: boolean): Promise<number> => {
      const options = {
        method: 'POST',
        headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
        body: chunked ? new Blob([body]).stream() : body,
        duplex: 'half',
      };
      return (await fetch(platform.url + path, options as RequestInit)).status;
    };
    // Read, and then refused: 400 is too long a secret, 409 one that nobody can be asked about.
    expect([await send(sizes.large, false), await send(sizes.large, true)]).toEqual([400, 400]);
    const put = await platform.call('PUT', '/v1/admin/system-config/BODY_LIMIT_BYTES', {
      token,
      body: { value: 4096 },
    });
    expect(put.status).toBe(200);
    await eventually(() => {
      const live = platform.get<LiveConfig<{ BODY_LIMIT_BYTES: number }>>('gateway', LiveConfig);
      expect(live.get('BODY_LIMIT_BYTES')).toBe(4096);
    });
    expect([await send(sizes.large, false), await send(sizes.large, true)]).toEqual([413, 413]);
    expect([await send(sizes.small, false), await send(sizes.small, true)]).toEqual([409, 409]);
  });
});
