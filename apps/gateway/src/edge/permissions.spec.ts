import { API_KEY_SCOPES, WAITING_SCOPES } from '@parley/contracts';
import { holds, PERMISSIONS } from './permissions';

describe('permissions', () => {
  it('rise with the role in the tenant', () => {
    expect(holds(['user'], 'calls:read')).toBe(true);
    expect(holds(['user'], 'webhooks:write')).toBe(false);
    expect(holds(['admin'], 'webhooks:write')).toBe(true);
    expect(holds(['owner'], 'webhooks:write')).toBe(true);
  });

  it('of the platform belong to super admins alone', () => {
    expect(holds(['owner'], 'journal:read')).toBe(false);
    expect(holds(['owner', 'super_admin'], 'journal:read')).toBe(true);
  });

  it('of a tenant come with the scopes of a service token, those of the platform never', () => {
    expect(holds([], 'calls:read', ['calls:read'])).toBe(true);
    expect(holds([], 'calls:read', ['numbers:read'])).toBe(false);
    expect(holds([], 'journal:read', ['journal:read'])).toBe(false);
  });

  it('that a service token may have are those of routes, and of no platform route', () => {
    for (const scope of API_KEY_SCOPES.filter((each) => !WAITING_SCOPES.includes(each)))
      expect([scope, Reflect.get(PERMISSIONS, scope)]).toEqual([
        scope,
        expect.stringMatching(/^(user|admin)$/),
      ]);
  });

  // Whoever adds the contact lookup takes its scope out of WAITING_SCOPES, and brings what C-86 asks: a limit of its own, an
  // audit row per lookup, the same answer for a stranger's contact as for none, and phones masked in access logs.
  it('that waits for its routes cannot be asked for by one', () => {
    for (const scope of WAITING_SCOPES) expect(PERMISSIONS).not.toHaveProperty([scope]);
  });

  it('of lists that both administrations read come with either role', () => {
    expect(holds(['super_admin'], 'users:read')).toBe(true);
    expect(holds(['admin'], 'users:read')).toBe(true);
    expect(holds(['user'], 'users:read')).toBe(false);
  });

  it('of a tenant do not come with the platform role', () => {
    expect(holds(['super_admin'], 'calls:read')).toBe(false);
  });
});
