import { type CallerContext, fromContextHeaders, toContextHeaders } from './context';

describe('a caller between services', () => {
  it.each<[string, CallerContext]>([
    ['nobody', { requestId: 'r', roles: [], locale: 'en' }],
    [
      'a person who is impersonated',
      {
        requestId: 'r',
        tenantId: 't',
        userId: 'u',
        sessionId: 's',
        authenticatedAt: '2026-11-20T14:00:00.000Z',
        mfa: 'enrolled',
        roles: ['owner', 'super_admin'],
        impersonatorId: 'i',
        impersonationId: 'g',
        impersonationMode: 'write',
        locale: 'fr',
        ip: '203.0.113.7',
        place: 'Québec, CA',
        idempotencyKey: 'order 1',
        userAgent: 'curl/8',
      },
    ],
    [
      'a service token',
      {
        requestId: 'r',
        tenantId: 't',
        apiKeyId: 'k',
        roles: [],
        scopes: ['calls:read', 'lookup'],
        locale: 'en',
      },
    ],
  ])('stays who they are: %s', (_who, caller) => {
    expect(fromContextHeaders(toContextHeaders(caller))).toEqual(caller);
  });
});
