import { byTenant, byUser, type PersonalTable, type RetainedTable, tellsOfPhone } from '@parley/platform';

const BODIES = `concat_ws(' ', e.standard_body, e.n8n_body, e.flat_body)`;

/** Deliveries whose event tells of the customer. */
const aboutCustomer = (table: string): string =>
  `t.tenant_id = $1::uuid AND EXISTS (SELECT FROM webhook_events e WHERE e.tenant_id = t.tenant_id
     AND e.id = ${table} AND ${tellsOfPhone(BODIES)})`;

/** Attempts go with their deliveries. Bodies were the tenants' own; mails are the persons'. */
export const NOTIFICATIONS_DATA: readonly PersonalTable[] = [
  {
    table: 'webhook_attempts',
    key: `t.delivery_id::text || ':' || lpad(t.number::text, 6, '0')`,
    keyType: 'text',
    tenant: byTenant(),
  },
  {
    table: 'webhook_deliveries',
    tenant: byTenant(),
    customer: { where: aboutCustomer('t.event_id'), erase: 'delete' },
  },
  {
    table: 'webhook_events',
    key: 't.id',
    keyType: 'text',
    batch: 100,
    tenant: byTenant(),
    customer: { where: aboutCustomer('t.id'), erase: 'delete' },
  },
  {
    table: 'webhook_endpoints',
    secret: ['secret_enc', 'prev_secret_enc', 'headers_enc'],
    tenant: byTenant(),
  },
  { table: 'emails', tenant: byTenant(), user: byUser() },
  {
    table: 'billing_notices',
    key: `t.tenant_id::text || ':' || t.notice_key`,
    keyType: 'text',
    tenant: byTenant(),
  },
  { table: 'ops_alerts', tenant: { ...byTenant(), exported: false } },
  { table: 'tenant_standings', key: 't.tenant_id', tenant: byTenant() },
  { table: 'retention', key: 't.tenant_id', tenant: byTenant() },
];

/** An event goes when nothing waits for it, with the last of its deliveries. */
export const RETAINED: readonly RetainedTable[] = [
  {
    table: 'webhook_deliveries',
    days: 'deliveries_days',
    since: 't.created_at',
    where: `t.status IN ('delivered', 'dead')`,
  },
  {
    table: 'webhook_events',
    keyType: 'text',
    days: 'deliveries_days',
    since: 't.created_at',
    where: `NOT EXISTS (SELECT FROM webhook_deliveries d WHERE d.tenant_id = t.tenant_id AND d.event_id = t.id)`,
  },
];
