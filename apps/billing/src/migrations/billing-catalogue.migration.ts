import { newId } from '@parley/contracts';
import { protectTenantTable } from '@parley/persistence';
import type { MigrationInterface, QueryRunner } from 'typeorm';
import { FIRST_PACKS, FIRST_PLANS, type SeedPlan } from './first-catalogue';

/** Rows without a tenant are everybody's. */
const CATALOGUE = ['plans', 'prices', 'plan_entitlements', 'plan_modules', 'packs'];

/** Plans and packs as versioned data, who subscribed to what, and what a grant's period was. */
export class BillingCatalogue1700001710000 implements MigrationInterface {
  readonly name = 'BillingCatalogue1700001710000';

  async up(runner: QueryRunner): Promise<void> {
    await createCatalogue(runner);
    await createSubscriptions(runner);
    await runner.query('ALTER TABLE grants ADD COLUMN period_id uuid REFERENCES usage_periods');
    await runner.query('CREATE INDEX grants_period ON grants (period_id) WHERE period_id IS NOT NULL');
    for (const plan of FIRST_PLANS) await addPlan(runner, plan);
    await addPacks(runner);
    for (const table of CATALOGUE) await protectTenantTable(runner, 'billing', table, { shared: true });
    await protectTenantTable(runner, 'billing', 'subscriptions');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE grants DROP COLUMN period_id');
    await runner.query(`DROP TABLE subscriptions, ${[...CATALOGUE].reverse().join(', ')}`);
  }
}

async function createCatalogue(runner: QueryRunner): Promise<void> {
  await runner.query(`CREATE TABLE plans (
    id uuid PRIMARY KEY,
    tenant_id uuid,
    code text NOT NULL,
    version int NOT NULL CHECK (version > 0),
    product_line text NOT NULL CHECK (product_line IN ('sales', 'voice', 'training')),
    name text NOT NULL,
    rank int NOT NULL,
    features jsonb NOT NULL,
    seats int CHECK (seats > 0),
    procedures_visible int CHECK (procedures_visible >= 0),
    is_public boolean NOT NULL,
    is_example boolean NOT NULL,
    created_by uuid,
    created_at timestamptz NOT NULL DEFAULT now(),
    UNIQUE (code, version))`);
  await runner.query(`CREATE TABLE prices (
    id uuid PRIMARY KEY,
    tenant_id uuid,
    plan_id uuid NOT NULL REFERENCES plans,
    interval text NOT NULL CHECK (interval IN ('none', 'month', 'year')),
    amount_cents bigint NOT NULL CHECK (amount_cents >= 0),
    currency char(3) NOT NULL,
    stripe_price_id text,
    metered boolean NOT NULL,
    UNIQUE (plan_id, interval))`);
  await runner.query('CREATE INDEX prices_stripe ON prices (stripe_price_id)');
  await runner.query(`CREATE TABLE plan_entitlements (
    tenant_id uuid,
    plan_id uuid NOT NULL REFERENCES plans,
    meter text NOT NULL,
    included bigint CHECK (included >= 0),
    notice_pct int NOT NULL,
    soft_pct int NOT NULL,
    hard_pct int NOT NULL,
    overage boolean NOT NULL,
    overage_cents bigint NOT NULL CHECK (overage_cents >= 0),
    PRIMARY KEY (plan_id, meter))`);
  await runner.query(`CREATE TABLE plan_modules (
    tenant_id uuid,
    plan_id uuid NOT NULL REFERENCES plans,
    module text NOT NULL,
    PRIMARY KEY (plan_id, module))`);
  await runner.query(`CREATE TABLE packs (
    id uuid PRIMARY KEY,
    tenant_id uuid,
    code text NOT NULL,
    version int NOT NULL CHECK (version > 0),
    kind text NOT NULL CHECK (kind IN ('credits', 'topup_minutes', 'topup_sms')),
    meter text NOT NULL,
    quantity bigint NOT NULL CHECK (quantity > 0),
    amount_cents bigint NOT NULL CHECK (amount_cents > 0),
    currency char(3) NOT NULL,
    stripe_price_id text,
    is_active boolean NOT NULL,
    is_example boolean NOT NULL,
    created_by uuid,
    created_at timestamptz NOT NULL DEFAULT now(),
    UNIQUE (code, version))`);
}

async function createSubscriptions(runner: QueryRunner): Promise<void> {
  await runner.query(`CREATE TABLE subscriptions (
    id uuid PRIMARY KEY,
    tenant_id uuid NOT NULL,
    external_id text NOT NULL,
    source text NOT NULL CHECK (source IN ('stripe', 'comped')),
    product_line text NOT NULL,
    plan_id uuid NOT NULL REFERENCES plans,
    status text NOT NULL,
    live boolean NOT NULL,
    interval text NOT NULL CHECK (interval IN ('none', 'month', 'year')),
    quantity int NOT NULL CHECK (quantity > 0),
    started_at timestamptz NOT NULL,
    period_start timestamptz NOT NULL,
    period_end timestamptz NOT NULL,
    trial_end timestamptz,
    cancel_at_period_end boolean NOT NULL,
    -- When the source said so: what it said earlier and arrives later changes nothing.
    as_of timestamptz NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    UNIQUE (tenant_id, external_id),
    CHECK (period_end > period_start))`);
  await runner.query(
    'CREATE UNIQUE INDEX subscriptions_live ON subscriptions (tenant_id, product_line) WHERE live',
  );
  await runner.query('CREATE INDEX subscriptions_plan ON subscriptions (plan_id)');
  await runner.query('CREATE INDEX subscriptions_external ON subscriptions (external_id)');
}

async function addPlan(runner: QueryRunner, plan: SeedPlan): Promise<void> {
  const id = newId();
  await runner.query(
    `INSERT INTO plans (id, code, version, product_line, name, rank, features, seats, procedures_visible, is_public,
       is_example) VALUES ($1, $2, 1, $3, $4, $5, $6, $7, $8, true, $9)`,
    [
      id,
      plan.code,
      plan.code.split('.')[0],
      plan.name,
      plan.rank,
      JSON.stringify(plan.features),
      plan.seats,
      plan.proceduresVisible,
      plan.isExample,
    ],
  );
  for (const [interval, amountCents] of Object.entries(plan.prices)) {
    await runner.query(
      `INSERT INTO prices (id, plan_id, interval, amount_cents, currency, metered)
       VALUES ($1, $2, $3, $4, 'USD', false)`,
      [newId(), id, interval, amountCents],
    );
  }
  for (const [meter, included] of Object.entries(plan.includes)) {
    await runner.query(
      `INSERT INTO plan_entitlements (plan_id, meter, included, notice_pct, soft_pct, hard_pct, overage, overage_cents)
       VALUES ($1, $2, $3, 80, 100, $4, $5, 0)`,
      [id, meter, included, plan.overage ? 110 : 100, plan.overage],
    );
  }
  for (const module of plan.modules) {
    await runner.query('INSERT INTO plan_modules (plan_id, module) VALUES ($1, $2)', [id, module]);
  }
}

async function addPacks(runner: QueryRunner): Promise<void> {
  for (const { code, kind, meter, quantity, amountCents } of FIRST_PACKS) {
    await runner.query(
      `INSERT INTO packs (id, code, version, kind, meter, quantity, amount_cents, currency, is_active, is_example)
       VALUES ($1, $2, 1, $3, $4, $5, $6, 'USD', true, true)`,
      [newId(), code, kind, meter, quantity, amountCents],
    );
  }
}
