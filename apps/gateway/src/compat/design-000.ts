import { type CompatRoute, rowsOf } from './compat-routes';
import { sharedSession, subscriptionStatus } from './shapes';

const row = rowsOf('000');

/** Medical-sales intelligence: sign-in and chat, in camelCase. 001 and 002 share registration and sign-in. */
export const DESIGN_000: readonly CompatRoute[] = [
  row('POST /auth/register', '/v1/auth/register', {
    dialect: 'both',
    names: { fullName: 'name' },
    answer: sharedSession,
  }),
  row('POST /auth/login', '/v1/auth/login', { dialect: 'both', answer: sharedSession }),
  row('POST /auth/logout', '/v1/auth/logout'),
  row('GET /auth/user', '/v1/users/me'),
  row('GET /api/canvas/agents', '/v1/personas'),
  row('POST /api/canvas/agents/suggest', '/v1/personas/recommendations'),
  row('GET /api/canvas/agents/:id', '/v1/personas/:id'),
  row('GET /api/canvas/conversations', '/v1/conversations'),
  row('POST /api/canvas/conversations', '/v1/conversations'),
  row('POST /api/canvas/conversations/with-procedure', '/v1/conversations'),
  row('GET /api/canvas/conversations/:id', '/v1/conversations/:id'),
  row('DELETE /api/canvas/conversations/:id', '/v1/conversations/:id'),
  row('GET /api/canvas/conversations/:id/export', '/v1/conversations/:id/export'),
  row('GET /subscription-status', '/v1/billing/subscription', {
    with: { entitlements: '/v1/billing/entitlements', usage: '/v1/billing/usage' },
    answer: subscriptionStatus,
  }),
  row('POST /create-checkout-session', '/v1/billing/checkout-sessions'),
];
