import { byTenant, type PersonalTable } from '@parley/platform';

/** Figures name tenants, calls and messages by id, and nobody else; they go with their tenant. */
export const ANALYTICS_DATA: readonly PersonalTable[] = [
  { table: 'call_facts', key: 't.call_id', tenant: byTenant() },
  { table: 'message_facts', key: 't.message_id', tenant: byTenant() },
  { table: 'daily_metrics', key: `t.tenant_id::text || t.date::text`, keyType: 'text', tenant: byTenant() },
  { table: 'tenants', key: 't.tenant_id', tenant: byTenant() },
];
