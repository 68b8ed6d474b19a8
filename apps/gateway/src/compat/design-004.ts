import { type CompatRoute, rowsOf } from './compat-routes';
import { listAs, settingsFrom004, settingsOf004 } from './shapes';

const row = rowsOf('004');

/** Voice agents, in snake_case, errors as text. */
export const DESIGN_004: readonly CompatRoute[] = [
  row('GET /api/settings', '/v1/settings', { answer: settingsOf004 }),
  row('PUT /api/settings', '/v1/settings', { request: settingsFrom004, answer: settingsOf004 }),
  row('POST /api/change-password', 'PUT /v1/users/me/password'),
  row('GET /api/sessions', '/v1/users/me/sessions', { answer: listAs('sessions') }),
  row('DELETE /api/sessions', '/v1/users/me/sessions?all=true'),
  row('DELETE /api/sessions/:id', '/v1/users/me/sessions/:id'),
  row('GET /admin/users', '/v1/admin/users', { answer: listAs('users') }),
  row('GET /admin/users/:userId', '/v1/admin/users/:userId'),
  row('POST /admin/create-account', '/v1/admin/users'),
  row('POST /admin/quick-onboard', '/v1/admin/onboardings'),
  row('GET /usage/status', '/v1/billing/usage'),
  row('POST /admin/stripe-link', '/v1/admin/checkout-links'),
  row('GET /referral/my-code', '/v1/referrals/code'),
  row('GET /referral/stats', '/v1/referrals/stats'),
  row('GET /referral/history', '/v1/referrals'),
  row('POST /referral/request-payout', '/v1/referrals/payout-requests'),
  row('POST /referral/record-signup', '/v1/referrals/signups'),
  row('GET /admin/referrals', '/v1/admin/referrals'),
  row('GET /admin/referrals/:id', '/v1/admin/referrals/:id'),
  row('POST /admin/referrals/:id/approve', '/v1/admin/referrals/:id/approve'),
  row('POST /admin/referrals/:id/reject', '/v1/admin/referrals/:id/reject'),
  row('POST /admin/referrals/:id/mark-paid', '/v1/admin/referrals/:id/mark-paid'),
  row('GET /admin/referral-settings', '/v1/admin/referral-settings'),
  row('PUT /admin/referral-settings', '/v1/admin/referral-settings'),
  row('GET /admin/referral-payout-requests', '/v1/admin/payout-requests'),
  row('GET /admin/reconciliation-runs', '/v1/admin/reconciliation-runs'),
  row('POST /admin/reconciliation-runs/trigger', '/v1/admin/reconciliation-runs'),
];
