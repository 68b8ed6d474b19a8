import { type CompatRoute, rowsOf, toTarget } from './compat-routes';
import { profileOf001, sharedSession } from './shapes';

const row = rowsOf('001');

/** AI calling for small business, in snake_case. `POST /auth/register` and `/auth/login` stand with 000. */
export const DESIGN_001: readonly CompatRoute[] = [
  row('POST /auth/reset-password', '/v1/auth/password-resets', {
    or: { field: 'token', to: toTarget('PUT /v1/auth/password-resets') },
    names: { newPassword: 'password' },
  }),
  row('GET /auth/profile', '/v1/users/me', {
    with: { credits: '/v1/billing/credits' },
    answer: profileOf001,
  }),
  row('POST /auth/social', '/v1/auth/social', { answer: sharedSession }),
  row('GET /api/user/credits', '/v1/billing/credits'),
  row('GET /billing/credits', '/v1/billing/credits'),
  row('GET /billing/history', '/v1/billing/transactions'),
];
