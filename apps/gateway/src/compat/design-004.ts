import type { CompatRoute } from './compat-routes';

const route = (method: CompatRoute['method'], path: string, to: string): CompatRoute => ({
  design: '004',
  method,
  path,
  to: { path: to },
});

/** Front desk for trades. Bodies and errors are canonical (camelCase). */
export const DESIGN_004: readonly CompatRoute[] = [
  route('GET', '/api/sessions', '/v1/users/me/sessions'),
  {
    design: '004',
    method: 'DELETE',
    path: '/api/sessions',
    to: { path: '/v1/users/me/sessions', query: 'all=true' },
  },
  route('DELETE', '/api/sessions/:id', '/v1/users/me/sessions/:id'),
];
