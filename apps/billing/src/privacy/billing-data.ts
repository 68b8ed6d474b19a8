import { byTenant, byUser, kept, type PersonalTable } from '@parley/platform';

/**
 * Money stays (C-67): the books name tenants and calls by id only, and no person. What the ids stood for is gone
 * elsewhere.
 */
export const BILLING_DATA: readonly PersonalTable[] = [
  { table: 'ledger_accounts', tenant: kept(byTenant()) },
  { table: 'ledger_transactions', tenant: kept(byTenant()) },
  {
    table: 'ledger_entries',
    key: `t.transaction_id::text || ':' || t.account_id::text`,
    keyType: 'text',
    tenant: kept(byTenant()),
  },
  { table: 'wallets', key: `t.tenant_id::text || ':' || t.meter`, keyType: 'text', tenant: kept(byTenant()) },
  { table: 'usage_records', tenant: kept(byTenant()), user: kept(byUser()) },
  { table: 'grant_burns', tenant: kept(byTenant()) },
  { table: 'grants', tenant: kept(byTenant()) },
  { table: 'usage_periods', tenant: kept(byTenant()) },
  { table: 'holds', tenant: kept(byTenant()) },
  { table: 'subscriptions', tenant: kept(byTenant()) },
  {
    table: 'tenant_books',
    key: 't.tenant_id',
    // Why an administrator paused a tenant is said in free words.
    tenant: { ...byTenant(), erase: { set: 'pause_reason = NULL', done: 't.pause_reason IS NULL' } },
  },
  {
    table: 'plan_modules',
    key: `t.plan_id::text || ':' || t.module`,
    keyType: 'text',
    tenant: kept(byTenant()),
  },
  {
    table: 'plan_entitlements',
    key: `t.plan_id::text || ':' || t.meter`,
    keyType: 'text',
    tenant: kept(byTenant()),
  },
  { table: 'prices', tenant: kept(byTenant()) },
  { table: 'plans', tenant: kept(byTenant()) },
  { table: 'packs', tenant: kept(byTenant()) },
];
