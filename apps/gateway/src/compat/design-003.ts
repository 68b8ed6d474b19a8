import { type CompatRoute, rowsOf } from './compat-routes';
import { listAs, listedUserOf003, profileOf003, sessionOf003, subscriptionStatus } from './shapes';

const row = rowsOf('003');

/** Sales practice, in snake_case; tenants are companies. */
export const DESIGN_003: readonly CompatRoute[] = [
  row('POST /api/auth/register', '/v1/auth/register', {
    names: { fullName: 'name', companyName: 'company' },
    answer: sessionOf003,
  }),
  row('POST /api/auth/login', '/v1/auth/login', { answer: sessionOf003 }),
  row('POST /api/auth/resend-verification', '/v1/auth/verification-emails'),
  row('GET /api/auth/verify-email', '/v1/auth/verify-email', {
    accepts: { STATE_CONFLICT: { message: 'This address is verified already', alreadyVerified: true } },
  }),
  row('GET /api/users/me', '/v1/users/me', { answer: profileOf003 }),
  row('PUT /api/users/me', 'PATCH /v1/users/me', { answer: profileOf003 }),
  row('GET /api/admin/users', '/v1/admin/users', {
    names: { companyId: 'tenantId' },
    answer: listAs('users', listedUserOf003),
  }),
  row('GET /api/admin/companies', '/v1/admin/tenants', { answer: listAs('companies') }),
  row('GET /api/subscriptions', '/v1/billing/subscription', {
    with: { entitlements: '/v1/billing/entitlements', usage: '/v1/billing/usage' },
    answer: subscriptionStatus,
  }),
  row('POST /api/subscriptions/subscribe', 'PUT /v1/billing/subscription'),
  row('POST /api/admin/quotas', '/v1/admin/quotas'),
];
