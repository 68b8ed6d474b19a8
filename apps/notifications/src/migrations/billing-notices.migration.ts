import { protectSystemTable, protectTenantTable } from '@parley/persistence';
import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What operations were told, and which notices of billing tenants had. */
export class BillingNotices1700002160000 implements MigrationInterface {
  readonly name = 'BillingNotices1700002160000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`CREATE TABLE ops_alerts (
      id uuid PRIMARY KEY,
      dedupe_key text NOT NULL UNIQUE,
      kind text NOT NULL,
      severity text NOT NULL CHECK (severity IN ('info', 'warning', 'critical')),
      tenant_id uuid,
      message text NOT NULL,
      details jsonb NOT NULL,
      slack_status text NOT NULL CHECK (slack_status IN ('none', 'queued', 'sent', 'failed')),
      slack_attempts int NOT NULL DEFAULT 0,
      slack_error text,
      attempts_log jsonb NOT NULL DEFAULT '[]',
      told_at timestamptz,
      created_at timestamptz NOT NULL DEFAULT now())`);
    await protectSystemTable(runner, 'notifications', 'ops_alerts', { tenantsMayInsert: true });
    await runner.query(`CREATE TABLE billing_notices (
      tenant_id uuid NOT NULL,
      notice_key text NOT NULL,
      email_id uuid NOT NULL,
      created_at timestamptz NOT NULL DEFAULT now(),
      PRIMARY KEY (tenant_id, notice_key))`);
    await protectTenantTable(runner, 'notifications', 'billing_notices');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE billing_notices, ops_alerts');
  }
}
