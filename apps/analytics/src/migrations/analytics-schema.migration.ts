import { protectTenantTable } from '@parley/persistence';
import type { MigrationInterface, QueryRunner } from 'typeorm';

export class AnalyticsSchema1700000200000 implements MigrationInterface {
  readonly name = 'AnalyticsSchema1700000200000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`CREATE TABLE tenants (
      tenant_id uuid PRIMARY KEY,
      timezone text NOT NULL,
      rolled_up_to date,
      updated_at timestamptz NOT NULL DEFAULT now())`);
    await runner.query(`CREATE TABLE call_facts (
      tenant_id uuid NOT NULL,
      call_id uuid NOT NULL,
      version bigint NOT NULL,
      date date NOT NULL,
      direction text NOT NULL,
      status text NOT NULL,
      outcome text,
      ai_handled boolean NOT NULL,
      missed boolean NOT NULL,
      duration_seconds int NOT NULL CHECK (duration_seconds >= 0),
      billed_minutes int NOT NULL CHECK (billed_minutes >= 0),
      provider_cost_cents int CHECK (provider_cost_cents >= 0),
      started_at timestamptz NOT NULL,
      ended_at timestamptz NOT NULL,
      PRIMARY KEY (tenant_id, call_id))`);
    await runner.query('CREATE INDEX call_facts_date ON call_facts (tenant_id, date)');
    await runner.query(`CREATE TABLE message_facts (
      tenant_id uuid NOT NULL,
      message_id uuid NOT NULL,
      date date NOT NULL,
      segments int NOT NULL,
      received_at timestamptz NOT NULL,
      PRIMARY KEY (tenant_id, message_id))`);
    await runner.query('CREATE INDEX message_facts_date ON message_facts (tenant_id, date)');
    await runner.query(`CREATE TABLE daily_metrics (
      tenant_id uuid NOT NULL,
      date date NOT NULL,
      calls int NOT NULL CHECK (calls >= 0),
      inbound int NOT NULL CHECK (inbound >= 0),
      outbound int NOT NULL CHECK (outbound >= 0),
      ai_handled int NOT NULL CHECK (ai_handled >= 0),
      booked int NOT NULL CHECK (booked >= 0),
      missed int NOT NULL CHECK (missed >= 0),
      transferred int NOT NULL CHECK (transferred >= 0),
      seconds int NOT NULL CHECK (seconds >= 0),
      billed_minutes int NOT NULL CHECK (billed_minutes >= 0),
      provider_cost_cents int NOT NULL CHECK (provider_cost_cents >= 0),
      sms_in int NOT NULL CHECK (sms_in >= 0),
      updated_at timestamptz NOT NULL DEFAULT now(),
      PRIMARY KEY (tenant_id, date))`);
    for (const table of ['tenants', 'call_facts', 'message_facts', 'daily_metrics']) {
      await protectTenantTable(runner, 'analytics', table);
    }
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE daily_metrics, message_facts, call_facts, tenants');
  }
}
