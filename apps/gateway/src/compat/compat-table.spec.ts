import { COMPAT_ROUTES, findCompat } from './compat-table';

describe('compatibility routes', () => {
  it('carries ids and query strings over to the canonical path', () => {
    const match = findCompat('POST', '/dashboard/webhooks/deliveries/abc/retry?x=1');
    expect(match?.url).toBe('/v1/webhook-deliveries/abc/retry?x=1');
  });

  it('reads a static path as itself, never as an id', () => {
    expect(findCompat('GET', '/dashboard/calls/metrics')?.url).toBe('/v1/analytics/calls');
    expect(findCompat('GET', '/dashboard/calls/0193')?.url).toBe('/v1/calls/0193');
  });

  it('changes the method where a design uses another one', () => {
    const match = findCompat('PUT', '/api/users/me');
    expect([match?.route.to.method, match?.url]).toEqual(['PATCH', '/v1/users/me']);
    expect(findCompat('GET', '/api/auth/verify-email?token=x')?.url).toBe('/v1/auth/verify-email?token=x');
  });

  it('leaves other methods and unknown paths alone', () => {
    expect(findCompat('DELETE', '/dashboard/calls')).toBeUndefined();
    expect(findCompat('GET', '/v1/calls')).toBeUndefined();
  });

  it('says what a design means by default, before what its client says', () => {
    expect(findCompat('DELETE', '/api/sessions')?.url).toBe('/v1/users/me/sessions?all=true');
    expect(findCompat('DELETE', '/api/sessions?keepCurrent=true')?.url).toBe(
      '/v1/users/me/sessions?all=true&keepCurrent=true',
    );
  });

  it('has no path twice', () => {
    const keys = COMPAT_ROUTES.map(({ method, path }) => `${method} ${path}`);
    expect(new Set(keys).size).toBe(keys.length);
  });
});
