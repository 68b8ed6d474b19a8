import { holds } from './permissions';

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

  it('of a tenant do not come with the platform role', () => {
    expect(holds(['super_admin'], 'calls:read')).toBe(false);
  });
});
