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
  route('POST', '/admin/stripe-link', '/v1/admin/checkout-links'),
  route('GET', '/admin/reconciliation-runs', '/v1/admin/reconciliation-runs'),
  route('POST', '/admin/reconciliation-runs/trigger', '/v1/admin/reconciliation-runs'),
];
