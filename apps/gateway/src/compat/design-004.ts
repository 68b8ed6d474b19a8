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
];
