import { protectSystemTable, protectTenantTable } from '@parley/persistence';
import type { MigrationInterface, QueryRunner } from 'typeorm';

const OF_TENANTS = [
  'billing_customers',
  'checkout_sessions',
  'invoices',
  'payments',
  'refunds',
  'disputes',
  'meter_reports',
];

/** What Stripe knows of tenants, as far as we act on it: each row can be fetched again. */
export class BillingPayments1700001900000 implements MigrationInterface {
  readonly name = 'BillingPayments1700001900000';

  async up(runner: QueryRunner): Promise<void> {
    await createCustomers(runner);
    await createPayments(runner);
    await createMetering(runner);
    for (const table of OF_TENANTS) await protectTenantTable(runner, 'billing', table);
    await protectSystemTable(runner, 'billing', 'stripe_events');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP INDEX grant_burns_beyond');
    await runner.query('ALTER TABLE usage_periods DROP COLUMN billed');
    await runner.query(
      'ALTER TABLE subscriptions DROP COLUMN trial_told, DROP COLUMN comped_by, DROP COLUMN comp_reason',
    );
    await runner.query('ALTER TABLE plan_entitlements DROP COLUMN stripe_prices');
    await runner.query(`DROP TABLE stripe_events, ${[...OF_TENANTS].reverse().join(', ')}`);
  }
}

async function createCustomers(runner: QueryRunner): Promise<void> {
  await runner.query(`CREATE TABLE billing_customers (
    tenant_id uuid PRIMARY KEY,
    stripe_customer_id text NOT NULL UNIQUE,
    created_at timestamptz NOT NULL DEFAULT now())`);
  await runner.query(`CREATE TABLE checkout_sessions (
    id uuid PRIMARY KEY,
    tenant_id uuid NOT NULL,
    user_id uuid,
    kind text NOT NULL CHECK (kind IN ('subscription', 'topup', 'credits', 'admin_link')),
    stripe_session_id text NOT NULL UNIQUE,
    -- Plan and version, or pack and version.
    offer text NOT NULL,
    url text NOT NULL,
    status text NOT NULL CHECK (status IN ('open', 'completed', 'expired')),
    payment_status text NOT NULL,
    expires_at timestamptz NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    completed_at timestamptz)`);
  await runner.query('CREATE INDEX checkout_sessions_of ON checkout_sessions (tenant_id, created_at DESC)');
  await runner.query(`CREATE TABLE stripe_events (
    event_id text PRIMARY KEY,
    type text NOT NULL,
    object_id text,
    stripe_customer_id text,
    tenant_id uuid,
    outcome text CHECK (outcome IN ('applied', 'ignored', 'unmatched')),
    created_at timestamptz NOT NULL,
    received_at timestamptz NOT NULL DEFAULT now(),
    processed_at timestamptz)`);
  await runner.query(
    'CREATE INDEX stripe_events_open ON stripe_events (received_at) WHERE processed_at IS NULL',
  );
  await runner.query('CREATE INDEX stripe_events_object ON stripe_events (object_id)');
}

async function createPayments(runner: QueryRunner): Promise<void> {
  await runner.query(`CREATE TABLE invoices (
    id uuid PRIMARY KEY,
    tenant_id uuid NOT NULL,
    stripe_invoice_id text NOT NULL,
    stripe_subscription_id text,
    number text,
    reason text NOT NULL,
    amount_cents bigint NOT NULL,
    paid_cents bigint NOT NULL,
    currency char(3) NOT NULL,
    status text NOT NULL,
    attempts int NOT NULL,
    hosted_url text,
    period_start timestamptz NOT NULL,
    period_end timestamptz NOT NULL,
    issued_at timestamptz NOT NULL,
    paid_at timestamptz,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    UNIQUE (tenant_id, stripe_invoice_id))`);
  await runner.query('CREATE INDEX invoices_of ON invoices (tenant_id, issued_at DESC, id DESC)');
  await runner.query(`CREATE TABLE payments (
    id uuid PRIMARY KEY,
    tenant_id uuid NOT NULL,
    kind text NOT NULL CHECK (kind IN ('subscription', 'topup', 'credits')),
    -- The payment intent: one, however often it is tried.
    stripe_payment_id text NOT NULL,
    stripe_charge_id text,
    invoice_id uuid REFERENCES invoices,
    -- Units bought, those taken back for refunds and lost disputes, and how often some were given again.
    meter text,
    quantity bigint NOT NULL DEFAULT 0,
    units_taken bigint NOT NULL DEFAULT 0 CHECK (units_taken BETWEEN 0 AND quantity),
    restores int NOT NULL DEFAULT 0,
    offer text,
    amount_cents bigint NOT NULL CHECK (amount_cents >= 0),
    lost_cents bigint NOT NULL DEFAULT 0 CHECK (lost_cents >= 0),
    refunded_cents bigint NOT NULL DEFAULT 0 CHECK (refunded_cents >= 0),
    currency char(3) NOT NULL,
    -- What Stripe says; a dispute, refunds and a review stand beside it.
    state text NOT NULL CHECK (state IN ('pending', 'succeeded', 'failed')),
    dispute_state text CHECK (dispute_state IN ('opened', 'won', 'lost')),
    review text,
    reviewed_by uuid,
    reviewed_at timestamptz,
    resolution text,
    attempts int NOT NULL DEFAULT 0,
    failure_code text,
    retried_at timestamptz,
    card_fingerprint text,
    paid_at timestamptz,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    UNIQUE (tenant_id, stripe_payment_id))`);
  await runner.query('CREATE INDEX payments_of ON payments (tenant_id, created_at DESC, id DESC)');
  await runner.query('CREATE INDEX payments_newest ON payments (created_at DESC, id DESC)');
  await runner.query(
    'CREATE INDEX payments_review ON payments (created_at DESC, id DESC) WHERE review IS NOT NULL',
  );
  await runner.query('CREATE INDEX payments_invoice ON payments (invoice_id)');
  await runner.query(`CREATE TABLE refunds (
    id uuid PRIMARY KEY,
    tenant_id uuid NOT NULL,
    payment_id uuid NOT NULL REFERENCES payments,
    stripe_refund_id text NOT NULL,
    amount_cents bigint NOT NULL CHECK (amount_cents > 0),
    state text NOT NULL CHECK (state IN ('pending', 'succeeded', 'failed')),
    reason text,
    -- The administrator who asked for it, and why.
    requested_by uuid,
    note text,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL DEFAULT now(),
    UNIQUE (tenant_id, stripe_refund_id))`);
  await runner.query('CREATE INDEX refunds_payment ON refunds (payment_id)');
  await runner.query(`CREATE TABLE disputes (
    id uuid PRIMARY KEY,
    tenant_id uuid NOT NULL,
    payment_id uuid NOT NULL REFERENCES payments,
    stripe_dispute_id text NOT NULL,
    reason text NOT NULL,
    amount_cents bigint NOT NULL CHECK (amount_cents >= 0),
    status text NOT NULL,
    state text NOT NULL CHECK (state IN ('opened', 'won', 'lost')),
    money_moved boolean NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL DEFAULT now(),
    UNIQUE (tenant_id, stripe_dispute_id))`);
  await runner.query('CREATE INDEX disputes_payment ON disputes (payment_id)');
}

async function createMetering(runner: QueryRunner): Promise<void> {
  await runner.query(`ALTER TABLE plan_entitlements ADD COLUMN stripe_prices jsonb NOT NULL DEFAULT '{}'`);
  // The end of the trial that was told of.
  await runner.query(`ALTER TABLE subscriptions ADD COLUMN trial_told timestamptz, ADD COLUMN comped_by uuid,
    ADD COLUMN comp_reason text`);
  await runner.query('ALTER TABLE usage_periods ADD COLUMN billed bigint NOT NULL DEFAULT 0');
  // The id is that of the use that nothing paid for: reported once.
  await runner.query(`CREATE TABLE meter_reports (
    id uuid PRIMARY KEY,
    tenant_id uuid NOT NULL,
    usage_record_id uuid NOT NULL,
    meter text NOT NULL,
    quantity bigint NOT NULL CHECK (quantity > 0),
    used_at timestamptz NOT NULL,
    sent_at timestamptz,
    created_at timestamptz NOT NULL DEFAULT now())`);
  await runner.query('CREATE INDEX meter_reports_unsent ON meter_reports (created_at) WHERE sent_at IS NULL');
  await runner.query(
    `CREATE INDEX grant_burns_beyond ON grant_burns (tenant_id) WHERE cover = 'written_off' AND amount > returned`,
  );
}
