import { type CompatRoute, rowsOf } from './compat-routes';

const row = rowsOf('002');

/**
 * AI receptionist, in camelCase. `POST /auth/login` stands with 000; the two webhook paths are telephony-ingest's;
 * health needs no other path.
 */
export const DESIGN_002: readonly CompatRoute[] = [
  row('GET /dashboard/calls', '/v1/calls'),
  row('GET /dashboard/calls/metrics', '/v1/analytics/calls'),
  row('GET /dashboard/calls/:id', '/v1/calls/:id'),
  row('GET /dashboard/metrics', '/v1/analytics/daily'),
  row('GET /dashboard/metrics/aggregated', '/v1/analytics/summary'),
  row('GET /dashboard/webhooks/deliveries', '/v1/webhook-deliveries'),
  row('GET /dashboard/webhooks/stats', '/v1/webhook-deliveries/stats'),
  row('POST /dashboard/webhooks/deliveries/:id/retry', '/v1/webhook-deliveries/:id/retry'),
  row('GET /dashboard/settings', '/v1/settings'),
  row('PUT /dashboard/settings/webhook', '/v1/webhook-endpoints/default'),
];
