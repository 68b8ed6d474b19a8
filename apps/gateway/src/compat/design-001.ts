import type { CompatRoute } from './compat-routes';

const route = (method: CompatRoute['method'], path: string, to: string): CompatRoute => ({
  design: '001',
  method,
  path,
  to: { path: to },
});

/**
 * AI calling for small business. `POST /auth/register` and `/auth/login` are 000's as well. Paths only: bodies are
 * canonical (camelCase) until the dialects (snake_case, `{token, newPassword}` on reset-password) come.
 */
export const DESIGN_001: readonly CompatRoute[] = [
  route('POST', '/auth/reset-password', '/v1/auth/password-resets'),
  route('GET', '/auth/profile', '/v1/users/me'),
  route('GET', '/api/user/credits', '/v1/billing/credits'),
  route('GET', '/billing/credits', '/v1/billing/credits'),
  route('GET', '/billing/history', '/v1/billing/transactions'),
  route('POST', '/billing/purchase', '/v1/billing/credit-purchases'),
];
