import { protectTenantTable } from '@parley/persistence';
import type { MigrationInterface, QueryRunner } from 'typeorm';

const KINDS_BEFORE = ['purchase', 'usage', 'bonus', 'admin_adjustment', 'refund'];
const KINDS = [
  ...KINDS_BEFORE,
  ...['allowance', 'topup', 'expiry', 'overage', 'payment', 'dispute', 'commission', 'payout', 'clawback'],
];
const TABLES = ['tenant_books', 'grants', 'grant_burns', 'usage_periods', 'holds'];

/** Many meters beside credits: grants and what they paid for, holds, periods, and one row per tenant to lock. */
export class BillingBooks1700001700000 implements MigrationInterface {
  readonly name = 'BillingBooks1700001700000';

  async up(runner: QueryRunner): Promise<void> {
    await setKinds(runner, KINDS);
    await runner.query('ALTER TABLE ledger_transactions ADD COLUMN reference text, ADD COLUMN actor_id uuid');
    await this.createBooks(runner);
    await this.createGrants(runner);
    await this.createPeriods(runner);
    await this.createHolds(runner);
    await this.bringOver(runner);
    for (const table of TABLES) await protectTenantTable(runner, 'billing', table);
  }

  async down(runner: QueryRunner): Promise<void> {
    await ownerSeesAll(runner, async () => {
      await runner.query(`UPDATE usage_records SET meter = 'minutes' WHERE source_type = 'call'`);
      await runner.query(`DELETE FROM usage_records WHERE source_type <> 'call'`);
      await runner.query('DROP INDEX usage_records_when');
      await runner.query(`ALTER TABLE usage_records DROP COLUMN period_id, DROP COLUMN user_id,
        ALTER COLUMN raw_seconds SET NOT NULL`);
      await runner.query(`DELETE FROM wallets WHERE meter <> 'credits'`);
      await runner.query(`ALTER TABLE wallets DROP CONSTRAINT wallets_pkey, DROP COLUMN meter, DROP COLUMN held,
        ADD PRIMARY KEY (tenant_id), ADD COLUMN opened_at timestamptz, ADD COLUMN first_used_at timestamptz,
        ADD COLUMN low_notified_at timestamptz`);
      await runner.query(`UPDATE wallets w SET version = b.postings, opened_at = b.opened_at,
        first_used_at = b.first_used_at, low_notified_at = b.low_notified_at
        FROM tenant_books b WHERE b.tenant_id = w.tenant_id`);
    });
    await runner.query(`DROP TABLE ${[...TABLES].reverse().join(', ')}`);
    await runner.query('ALTER TABLE ledger_transactions DROP COLUMN reference, DROP COLUMN actor_id');
    await setKinds(runner, KINDS_BEFORE);
  }

  private async createBooks(runner: QueryRunner): Promise<void> {
    await runner.query(`CREATE TABLE tenant_books (
      tenant_id uuid PRIMARY KEY,
      postings bigint NOT NULL DEFAULT 0,
      opened_at timestamptz,
      first_used_at timestamptz,
      low_notified_at timestamptz,
      paused_at timestamptz,
      pause_reason text,
      paused_by uuid,
      grace_until timestamptz,
      entitlements_version bigint NOT NULL DEFAULT 0,
      standing_version bigint NOT NULL DEFAULT 0,
      standing jsonb NOT NULL DEFAULT '{}',
      updated_at timestamptz NOT NULL DEFAULT now())`);
  }

  private async createGrants(runner: QueryRunner): Promise<void> {
    await runner.query(`CREATE TABLE grants (
      id uuid PRIMARY KEY,
      tenant_id uuid NOT NULL,
      meter text NOT NULL,
      kind text NOT NULL CHECK (kind IN ('allowance', 'topup', 'bonus', 'credits', 'adjustment')),
      priority smallint NOT NULL,
      quantity bigint NOT NULL CHECK (quantity > 0),
      remaining bigint NOT NULL CHECK (remaining BETWEEN 0 AND quantity),
      revoked bigint NOT NULL DEFAULT 0 CHECK (revoked BETWEEN 0 AND quantity),
      expires_at timestamptz,
      source_key text NOT NULL,
      granted_at timestamptz NOT NULL,
      UNIQUE (tenant_id, source_key))`);
    await runner.query('CREATE INDEX grants_left ON grants (tenant_id) WHERE remaining > 0');
    await runner.query(
      'CREATE INDEX grants_lapsing ON grants (expires_at) WHERE remaining > 0 AND expires_at IS NOT NULL',
    );
    await runner.query(`CREATE TABLE grant_burns (
      id uuid PRIMARY KEY,
      tenant_id uuid NOT NULL,
      source_key text NOT NULL,
      usage_meter text NOT NULL,
      meter text NOT NULL,
      account text NOT NULL,
      cover text NOT NULL CHECK (cover IN ('grant', 'overdraft', 'unlimited', 'written_off')),
      grant_id uuid REFERENCES grants,
      amount bigint NOT NULL CHECK (amount > 0),
      returned bigint NOT NULL CHECK (returned BETWEEN 0 AND amount),
      CHECK ((cover = 'grant') = (grant_id IS NOT NULL)))`);
    await runner.query('CREATE INDEX grant_burns_source ON grant_burns (tenant_id, source_key)');
    await runner.query(`CREATE INDEX grant_burns_unpaid ON grant_burns (tenant_id)
      WHERE cover = 'overdraft' AND amount > returned`);
    await runner.query('CREATE INDEX grant_burns_grant ON grant_burns (grant_id)');
  }

  private async createPeriods(runner: QueryRunner): Promise<void> {
    await runner.query(`CREATE TABLE usage_periods (
      id uuid PRIMARY KEY,
      tenant_id uuid NOT NULL,
      meter text NOT NULL,
      period_start timestamptz NOT NULL,
      period_end timestamptz NOT NULL,
      subscription_id uuid,
      included bigint CHECK (included >= 0),
      topup bigint NOT NULL DEFAULT 0,
      used bigint NOT NULL DEFAULT 0,
      notice_pct int NOT NULL,
      soft_pct int NOT NULL,
      hard_pct int NOT NULL,
      overage boolean NOT NULL,
      told text NOT NULL CHECK (told IN ('under_limit', 'notice', 'soft_limit', 'hard_limit')),
      closed_at timestamptz,
      updated_at timestamptz NOT NULL DEFAULT now(),
      CHECK (period_end > period_start))`);
    await runner.query(
      'CREATE UNIQUE INDEX usage_periods_open ON usage_periods (tenant_id, meter) WHERE closed_at IS NULL',
    );
    await runner.query(
      'CREATE INDEX usage_periods_due ON usage_periods (period_end) WHERE closed_at IS NULL',
    );
    await runner.query(
      'CREATE INDEX usage_periods_of ON usage_periods (tenant_id, meter, period_start DESC)',
    );
    await runner.query(`ALTER TABLE usage_records ADD COLUMN period_id uuid, ADD COLUMN user_id uuid,
      ALTER COLUMN raw_seconds DROP NOT NULL`);
    await runner.query(
      'CREATE INDEX usage_records_when ON usage_records (tenant_id, meter, occurred_at DESC)',
    );
  }

  private async createHolds(runner: QueryRunner): Promise<void> {
    await runner.query(`CREATE TABLE holds (
      id uuid PRIMARY KEY,
      tenant_id uuid NOT NULL,
      source_key text NOT NULL,
      meter text NOT NULL,
      quantity bigint NOT NULL CHECK (quantity >= 0),
      state text NOT NULL CHECK (state IN ('open', 'posted', 'released', 'expired')),
      overdrawn boolean NOT NULL,
      expires_at timestamptz NOT NULL,
      created_at timestamptz NOT NULL DEFAULT now(),
      updated_at timestamptz NOT NULL DEFAULT now(),
      UNIQUE (tenant_id, source_key))`);
    await runner.query(`CREATE INDEX holds_forgotten ON holds (expires_at) WHERE state = 'open'`);
  }

  /** Wallets of credits become wallets by meter; what they hold becomes a grant, what they owe is unpaid use. */
  private async bringOver(runner: QueryRunner): Promise<void> {
    await ownerSeesAll(runner, async () => {
      await runner.query(`INSERT INTO tenant_books (tenant_id, postings, opened_at, first_used_at, low_notified_at)
        SELECT tenant_id, version, opened_at, first_used_at, low_notified_at FROM wallets`);
      await runner.query(`ALTER TABLE wallets DROP CONSTRAINT wallets_pkey,
        ADD COLUMN meter text NOT NULL DEFAULT 'credits', ADD COLUMN held bigint NOT NULL DEFAULT 0 CHECK (held >= 0),
        ADD PRIMARY KEY (tenant_id, meter),
        DROP COLUMN opened_at, DROP COLUMN first_used_at, DROP COLUMN low_notified_at`);
      await runner.query(`INSERT INTO grants (id, tenant_id, meter, kind, priority, quantity, remaining, source_key,
          granted_at)
        SELECT gen_random_uuid(), tenant_id, 'credits', 'bonus', 30, balance, balance, 'balance-brought-over', now()
        FROM wallets WHERE balance > 0`);
      await runner.query(`INSERT INTO grant_burns (id, tenant_id, source_key, usage_meter, meter, account, cover, amount,
          returned)
        SELECT gen_random_uuid(), tenant_id, 'balance-brought-over', 'voice_minutes', 'credits', 'consumed', 'overdraft',
          -balance, 0
        FROM wallets WHERE balance < 0`);
      await runner.query(`UPDATE usage_records SET meter = 'voice_minutes' WHERE meter = 'minutes'`);
    });
  }
}

/** Forced row-level security holds for the owner as well: without this nothing would be brought over. */
async function ownerSeesAll(runner: QueryRunner, work: () => Promise<void>): Promise<void> {
  const tables = ['wallets', 'usage_records', 'tenant_books'];
  const enforced = async (how: 'NO FORCE' | 'FORCE'): Promise<void> => {
    for (const table of tables) await runner.query(`ALTER TABLE ${table} ${how} ROW LEVEL SECURITY`);
  };
  await enforced('NO FORCE');
  await work();
  await enforced('FORCE');
}

async function setKinds(runner: QueryRunner, kinds: readonly string[]): Promise<void> {
  const list = kinds.map((kind) => `'${kind}'`).join(', ');
  await runner.query(`ALTER TABLE ledger_transactions DROP CONSTRAINT ledger_transactions_kind_check,
    ADD CONSTRAINT ledger_transactions_kind_check CHECK (kind IN (${list}))`);
}
