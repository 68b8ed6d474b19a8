import { byTenant, byUser, kept, type PersonalTable } from '@parley/platform';

/** What is still owed has to reach somebody: an open payout keeps its account. */
const FORGET_PAYOUT_ACCOUNT = {
  set: `method_sealed = '', method_last4 = '', reason = NULL`,
  done: `(t.status IN ('pending', 'approved') OR (length(t.method_sealed) = 0 AND t.reason IS NULL))`,
};

/**
 * Money stays (C-67): the books name tenants, people and calls by id only. What the ids stood for is gone elsewhere, and
 * what was written in free words, links to a person's pages, networks and settled payout accounts go from here.
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
  { table: 'subscription_history', tenant: kept(byTenant()) },
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
  { table: 'minute_quotas', tenant: kept(byTenant()), user: kept(byUser()) },
  { table: 'module_overrides', tenant: kept(byTenant()) },
  { table: 'billing_customers', key: 't.tenant_id', tenant: kept(byTenant()) },
  { table: 'former_customers', key: 't.stripe_customer_id', keyType: 'text', tenant: kept(byTenant()) },
  {
    table: 'checkout_sessions',
    tenant: { ...byTenant(), erase: { set: `url = ''`, done: `t.url = ''` } },
    user: { ...byUser(), erase: { set: `url = ''`, done: `t.url = ''` } },
  },
  {
    table: 'invoices',
    tenant: { ...byTenant(), erase: { set: 'hosted_url = NULL', done: 't.hosted_url IS NULL' } },
  },
  {
    table: 'payments',
    // Stripe's print of a card recognises it again elsewhere.
    tenant: {
      ...byTenant(),
      erase: {
        set: 'card_fingerprint = NULL, resolution = NULL',
        done: 'num_nonnulls(t.card_fingerprint, t.resolution) = 0',
      },
    },
  },
  {
    table: 'refunds',
    tenant: { ...byTenant(), erase: { set: 'note = NULL', done: 't.note IS NULL' } },
  },
  { table: 'disputes', tenant: kept(byTenant()) },
  {
    table: 'subscription_claims',
    key: `t.tenant_id::text || ':' || t.product_line`,
    keyType: 'text',
    tenant: kept(byTenant()),
  },
  { table: 'meter_reports', tenant: kept(byTenant()) },
  { table: 'stripe_events', key: 't.event_id', keyType: 'text', tenant: kept(byTenant()) },
  { table: 'reconciliation_items', tenant: { ...kept(byTenant()), exported: false } },
  { table: 'referral_codes', tenant: kept(byTenant()), user: kept(byUser()) },
  {
    table: 'referral_sightings',
    key: `t.user_id::text || ':' || t.network`,
    keyType: 'text',
    tenant: byTenant(),
    user: byUser(),
  },
  {
    table: 'referrals',
    secret: ['network'],
    tenant: { ...byTenant(), erase: { set: 'network = NULL', done: 't.network IS NULL' } },
    user: {
      where: '(t.referrer_user_id = $1::uuid OR t.referred_user_id = $1::uuid)',
      erase: { set: 'network = NULL', done: 't.network IS NULL' },
    },
  },
  {
    table: 'referral_signals',
    // Evidence names others beside the tenant that is asking.
    secret: ['evidence'],
    tenant: { ...byTenant(), erase: { set: 'note = NULL', done: 't.note IS NULL' } },
  },
  {
    table: 'referral_facts',
    key: `t.paying_tenant_id::text || ':' || t.fact_key`,
    keyType: 'text',
    secret: ['card'],
    tenant: kept(byTenant()),
  },
  { table: 'referral_commissions', tenant: kept(byTenant()), user: kept(byUser()) },
  {
    table: 'payout_requests',
    secret: ['method_sealed'],
    tenant: { ...byTenant(), erase: FORGET_PAYOUT_ACCOUNT },
    user: { ...byUser(), erase: FORGET_PAYOUT_ACCOUNT },
  },
  {
    table: 'payout_allocations',
    key: `t.payout_id::text || ':' || t.commission_id::text`,
    keyType: 'text',
    tenant: kept(byTenant()),
  },
];
