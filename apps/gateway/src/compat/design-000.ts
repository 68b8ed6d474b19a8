import type { CompatRoute } from './compat-routes';

const route = (method: CompatRoute['method'], path: string, to: string): CompatRoute => ({
  design: '000',
  method,
  path,
  to: { path: to },
});

/** Medical-sales intelligence: sign-in and chat. Bodies and errors are canonical (camelCase). */
export const DESIGN_000: readonly CompatRoute[] = [
  route('POST', '/auth/register', '/v1/auth/register'),
  route('POST', '/auth/login', '/v1/auth/login'),
  route('POST', '/auth/logout', '/v1/auth/logout'),
  route('GET', '/auth/user', '/v1/users/me'),
  route('GET', '/api/canvas/agents', '/v1/personas'),
  route('POST', '/api/canvas/agents/suggest', '/v1/personas/recommendations'),
  route('GET', '/api/canvas/agents/:id', '/v1/personas/:id'),
  route('GET', '/api/canvas/conversations', '/v1/conversations'),
  route('POST', '/api/canvas/conversations', '/v1/conversations'),
  route('POST', '/api/canvas/conversations/with-procedure', '/v1/conversations'),
  route('GET', '/api/canvas/conversations/:id', '/v1/conversations/:id'),
  route('DELETE', '/api/canvas/conversations/:id', '/v1/conversations/:id'),
  route('GET', '/api/canvas/conversations/:id/export', '/v1/conversations/:id/export'),
  route('GET', '/subscription-status', '/v1/billing/subscription'),
  route('POST', '/create-checkout-session', '/v1/billing/checkout-sessions'),
];
