import { protectTenantTable } from '@parley/persistence';
import type { MigrationInterface, QueryRunner } from 'typeorm';

/** In the order they can be made; all but the settings are of the tenant of who referred. */
const TABLES = [
  'referral_codes',
  'referral_sightings',
  'referrals',
  'referral_signals',
  'referral_facts',
  'referral_commissions',
  'payout_requests',
  'payout_allocations',
];

/** Design 004's referrals: codes, who came by them, what they earn, what looks like fraud, and payouts. */
export class BillingReferrals1700002000000 implements MigrationInterface {
  readonly name = 'BillingReferrals1700002000000';

  async up(runner: QueryRunner): Promise<void> {
    await createSettings(runner);
    await createReferrals(runner);
    await createCommissions(runner);
    await createPayouts(runner);
    await createFacts(runner);
    await protectTenantTable(runner, 'billing', 'referral_settings', { shared: true });
    for (const table of TABLES) await protectTenantTable(runner, 'billing', table);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP TABLE ${[...TABLES].reverse().join(', ')}, referral_settings`);
  }
}

/** One row per version; the platform's, so without a tenant. */
async function createSettings(runner: QueryRunner): Promise<void> {
  await runner.query(`CREATE TABLE referral_settings (
    version int PRIMARY KEY CHECK (version > 0),
    tenant_id uuid CHECK (tenant_id IS NULL),
    enabled boolean NOT NULL,
    initial_bonus_cents bigint NOT NULL CHECK (initial_bonus_cents >= 0),
    commission_bps int NOT NULL CHECK (commission_bps BETWEEN 0 AND 10000),
    recurring_months int NOT NULL CHECK (recurring_months >= 0),
    hold_days int NOT NULL CHECK (hold_days >= 0),
    min_payout_cents bigint NOT NULL CHECK (min_payout_cents >= 0),
    max_daily_signups int NOT NULL CHECK (max_daily_signups > 0),
    currency char(3) NOT NULL,
    updated_by uuid,
    updated_at timestamptz NOT NULL DEFAULT now())`);
  await runner.query(`INSERT INTO referral_settings (version, enabled, initial_bonus_cents, commission_bps,
      recurring_months, hold_days, min_payout_cents, max_daily_signups, currency)
    VALUES (1, true, 2500, 1000, 12, 30, 5000, 20, 'USD')`);
}

async function createReferrals(runner: QueryRunner): Promise<void> {
  await runner.query(`CREATE TABLE referral_codes (
    id uuid PRIMARY KEY,
    tenant_id uuid NOT NULL,
    user_id uuid NOT NULL UNIQUE,
    code text NOT NULL UNIQUE,
    is_active boolean NOT NULL DEFAULT true,
    changed_by uuid,
    created_at timestamptz NOT NULL DEFAULT now())`);
  await runner.query('CREATE INDEX referral_codes_tenant ON referral_codes (tenant_id)');
  await runner.query(`CREATE TABLE referral_sightings (
    tenant_id uuid NOT NULL,
    user_id uuid NOT NULL,
    network text NOT NULL,
    seen_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (tenant_id, user_id, network))`);
  await runner.query(`CREATE TABLE referrals (
    id uuid PRIMARY KEY,
    tenant_id uuid NOT NULL,
    code_id uuid NOT NULL REFERENCES referral_codes,
    referrer_user_id uuid NOT NULL,
    referred_tenant_id uuid NOT NULL UNIQUE,
    referred_user_id uuid,
    source text NOT NULL CHECK (source IN ('registration', 'request')),
    status text NOT NULL DEFAULT 'signed_up'
      CHECK (status IN ('signed_up', 'subscribed', 'rewarded', 'rejected', 'clawed_back')),
    review text NOT NULL DEFAULT 'none' CHECK (review IN ('none', 'open', 'cleared', 'rejected')),
    network text,
    terms_version int NOT NULL REFERENCES referral_settings,
    currency char(3) NOT NULL,
    initial_bonus_cents bigint NOT NULL,
    commission_bps int NOT NULL,
    recurring_months int NOT NULL,
    hold_days int NOT NULL,
    signed_up_at timestamptz NOT NULL,
    subscribed_at timestamptz,
    created_at timestamptz NOT NULL DEFAULT now(),
    UNIQUE (tenant_id, id))`);
  await runner.query(
    'CREATE INDEX referrals_of_user ON referrals (tenant_id, referrer_user_id, signed_up_at DESC, id DESC)',
  );
  await runner.query('CREATE INDEX referrals_newest ON referrals (signed_up_at DESC, id DESC)');
  await runner.query(`CREATE TABLE referral_signals (
    id uuid PRIMARY KEY,
    tenant_id uuid NOT NULL,
    referral_id uuid NOT NULL,
    kind text NOT NULL CHECK (kind IN ('card', 'network', 'velocity')),
    seen_in text NOT NULL,
    reason text NOT NULL,
    evidence jsonb NOT NULL,
    state text NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'cleared', 'rejected')),
    decided_by uuid,
    decided_at timestamptz,
    note text,
    created_at timestamptz NOT NULL DEFAULT now(),
    UNIQUE (referral_id, kind, seen_in),
    FOREIGN KEY (tenant_id, referral_id) REFERENCES referrals (tenant_id, id))`);
}

/**
 * What is known of payments: each tenant's own, and of those it referred a copy, so that a commission is decided from
 * rows of one tenant. `card` is a keyed hash.
 */
async function createFacts(runner: QueryRunner): Promise<void> {
  await runner.query(`CREATE TABLE referral_facts (
    tenant_id uuid NOT NULL,
    paying_tenant_id uuid NOT NULL,
    fact_key text NOT NULL,
    kind text NOT NULL CHECK (kind IN ('payment', 'refund', 'dispute')),
    payment_id uuid NOT NULL,
    payment_kind text NOT NULL,
    amount_cents bigint NOT NULL,
    currency char(3) NOT NULL,
    card text,
    dispute_id uuid,
    dispute_status text CHECK (dispute_status IN ('opened', 'won', 'lost')),
    occurred_at timestamptz NOT NULL,
    told_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    applied boolean NOT NULL DEFAULT false,
    PRIMARY KEY (tenant_id, paying_tenant_id, fact_key))`);
  await runner.query(
    'CREATE INDEX referral_facts_card ON referral_facts (tenant_id, card) WHERE card IS NOT NULL',
  );
}

/** Lines that earn have a place and follow it; lines that take back are below zero and stay. */
async function createCommissions(runner: QueryRunner): Promise<void> {
  await runner.query(`CREATE TABLE referral_commissions (
    id uuid PRIMARY KEY,
    tenant_id uuid NOT NULL,
    referral_id uuid NOT NULL,
    user_id uuid NOT NULL,
    kind text NOT NULL CHECK (kind IN ('initial', 'recurring', 'clawback')),
    payment_id uuid NOT NULL,
    of_id uuid REFERENCES referral_commissions,
    cause text NOT NULL,
    currency char(3) NOT NULL,
    amount_cents bigint NOT NULL CHECK (amount_cents <> 0),
    clawed_back_cents bigint NOT NULL DEFAULT 0,
    place text CHECK (place IN ('pending', 'held', 'available')),
    voided boolean NOT NULL DEFAULT false,
    version int NOT NULL DEFAULT 0,
    available_at timestamptz,
    created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    UNIQUE (referral_id, payment_id, kind, cause),
    CHECK ((kind = 'clawback') = (of_id IS NOT NULL)),
    CHECK (kind = 'clawback' OR (place IS NOT NULL AND available_at IS NOT NULL
      AND clawed_back_cents BETWEEN 0 AND amount_cents)),
    FOREIGN KEY (tenant_id, referral_id) REFERENCES referrals (tenant_id, id))`);
  await runner.query(
    `CREATE UNIQUE INDEX referral_commissions_initial ON referral_commissions (referral_id)
     WHERE kind = 'initial' AND NOT voided`,
  );
  await runner.query('CREATE INDEX referral_commissions_user ON referral_commissions (tenant_id, user_id)');
  await runner.query(
    `CREATE INDEX referral_commissions_due ON referral_commissions (available_at) WHERE place = 'pending' AND NOT voided`,
  );
}

async function createPayouts(runner: QueryRunner): Promise<void> {
  await runner.query(`CREATE TABLE payout_requests (
    id uuid PRIMARY KEY,
    tenant_id uuid NOT NULL,
    user_id uuid NOT NULL,
    amount_cents bigint NOT NULL CHECK (amount_cents > 0),
    currency char(3) NOT NULL,
    status text NOT NULL DEFAULT 'pending' CHECK (status IN ('pending', 'approved', 'rejected', 'paid')),
    method_kind text NOT NULL CHECK (method_kind IN ('paypal', 'bank')),
    method_last4 text NOT NULL,
    method_sealed bytea NOT NULL,
    reviewed_by uuid,
    reviewed_at timestamptz,
    reason text,
    paid_reference text,
    paid_by uuid,
    paid_at timestamptz,
    created_at timestamptz NOT NULL DEFAULT now(),
    CHECK ((status = 'paid') = (paid_reference IS NOT NULL)),
    UNIQUE (tenant_id, id))`);
  await runner.query(
    `CREATE UNIQUE INDEX payout_requests_open ON payout_requests (user_id) WHERE status IN ('pending', 'approved')`,
  );
  await runner.query(
    'CREATE INDEX payout_requests_newest ON payout_requests (status, created_at DESC, id DESC)',
  );
  await runner.query('CREATE INDEX payout_requests_user ON payout_requests (tenant_id, user_id)');
  await runner.query(`CREATE TABLE payout_allocations (
    tenant_id uuid NOT NULL,
    payout_id uuid NOT NULL,
    commission_id uuid NOT NULL REFERENCES referral_commissions,
    amount_cents bigint NOT NULL CHECK (amount_cents > 0),
    PRIMARY KEY (payout_id, commission_id),
    FOREIGN KEY (tenant_id, payout_id) REFERENCES payout_requests (tenant_id, id))`);
  await runner.query('CREATE INDEX payout_allocations_of ON payout_allocations (commission_id)');
}
