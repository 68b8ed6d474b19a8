import { byTenant, kept, type PersonalTable } from '@parley/platform';

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
  { table: 'wallets', key: 't.tenant_id', tenant: kept(byTenant()) },
  { table: 'usage_records', tenant: kept(byTenant()) },
];
