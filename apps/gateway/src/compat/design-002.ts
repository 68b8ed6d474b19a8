import type { CompatRoute } from './compat-routes';

const route = (method: CompatRoute['method'], path: string, to: string): CompatRoute => ({
  design: '002',
  method,
  path,
  to: { path: to },
});

/**
 * AI receptionist. `POST /auth/login` is 000's as well; the two webhook paths are telephony-ingest's; health
 * needs no other path. Bodies and errors are canonical (camelCase).
 */
export const DESIGN_002: readonly CompatRoute[] = [
  route('GET', '/dashboard/calls', '/v1/calls'),
  route('GET', '/dashboard/calls/metrics', '/v1/analytics/calls'),
  route('GET', '/dashboard/calls/:id', '/v1/calls/:id'),
  route('GET', '/dashboard/metrics', '/v1/analytics/daily'),
  route('GET', '/dashboard/metrics/aggregated', '/v1/analytics/summary'),
  route('GET', '/dashboard/webhooks/deliveries', '/v1/webhook-deliveries'),
  route('GET', '/dashboard/webhooks/stats', '/v1/webhook-deliveries/stats'),
  route('POST', '/dashboard/webhooks/deliveries/:id/retry', '/v1/webhook-deliveries/:id/retry'),
  route('GET', '/dashboard/settings', '/v1/settings'),
  route('PUT', '/dashboard/settings/webhook', '/v1/webhook-endpoints/default'),
];
