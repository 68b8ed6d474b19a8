import type { CompatRoute } from './compat-routes';

const route = (
  method: CompatRoute['method'],
  path: string,
  to: string,
  toMethod?: CompatRoute['to']['method'],
): CompatRoute => ({
  design: '004',
  method,
  path,
  to: { path: to, ...(toMethod ? { method: toMethod } : {}) },
});

/** Voice agents. Paths only: bodies are canonical (camelCase) until its dialect comes. */
export const DESIGN_004: readonly CompatRoute[] = [
  route('POST', '/api/change-password', '/v1/users/me/password', 'PUT'),
  route('GET', '/api/sessions', '/v1/users/me/sessions'),
  {
    design: '004',
    method: 'DELETE',
    path: '/api/sessions',
    to: { path: '/v1/users/me/sessions', query: 'all=true' },
  },
  route('DELETE', '/api/sessions/:id', '/v1/users/me/sessions/:id'),
  route('GET', '/usage/status', '/v1/billing/usage'),
  route('GET', '/referral/my-code', '/v1/referrals/code'),
  route('GET', '/referral/stats', '/v1/referrals/stats'),
  route('GET', '/referral/history', '/v1/referrals'),
  route('POST', '/referral/request-payout', '/v1/referrals/payout-requests'),
  route('POST', '/referral/record-signup', '/v1/referrals/signups'),
  route('GET', '/admin/referrals', '/v1/admin/referrals'),
  route('GET', '/admin/referrals/:id', '/v1/admin/referrals/:id'),
  route('POST', '/admin/referrals/:id/approve', '/v1/admin/referrals/:id/approve'),
  route('POST', '/admin/referrals/:id/reject', '/v1/admin/referrals/:id/reject'),
  route('POST', '/admin/referrals/:id/mark-paid', '/v1/admin/referrals/:id/mark-paid'),
  route('GET', '/admin/referral-settings', '/v1/admin/referral-settings'),
  route('PUT', '/admin/referral-settings', '/v1/admin/referral-settings'),
  route('GET', '/admin/referral-payout-requests', '/v1/admin/payout-requests'),
  route('POST', '/admin/stripe-link', '/v1/admin/checkout-links'),
];
