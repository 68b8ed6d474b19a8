import type { CompatRoute } from './compat-routes';

const route = (
  method: CompatRoute['method'],
  path: string,
  to: string,
  toMethod?: CompatRoute['to']['method'],
): CompatRoute => ({
  design: '003',
  method,
  path,
  to: { path: to, ...(toMethod ? { method: toMethod } : {}) },
});

/** Sales practice. Paths only: bodies are canonical (camelCase) until its dialect comes. */
export const DESIGN_003: readonly CompatRoute[] = [
  route('POST', '/api/auth/register', '/v1/auth/register'),
  route('POST', '/api/auth/login', '/v1/auth/login'),
  route('POST', '/api/auth/resend-verification', '/v1/auth/verification-emails'),
  route('GET', '/api/auth/verify-email', '/v1/auth/verify-email'),
  route('GET', '/api/users/me', '/v1/users/me'),
  route('PUT', '/api/users/me', '/v1/users/me', 'PATCH'),
  route('GET', '/api/subscriptions', '/v1/billing/subscription'),
  route('POST', '/api/subscriptions/subscribe', '/v1/billing/subscription', 'PUT'),
  route('POST', '/api/admin/quotas', '/v1/admin/quotas'),
];
