import { protectTenantTable } from '@parley/persistence';
import type { MigrationInterface, QueryRunner } from 'typeorm';

const TABLES = ['webhook_endpoints', 'webhook_events', 'webhook_deliveries', 'webhook_attempts'];

/** Outbound webhooks: endpoints, the events as sent, their deliveries, and the log of attempts. */
export class WebhookTables1700000600000 implements MigrationInterface {
  readonly name = 'WebhookTables1700000600000';

  async up(runner: QueryRunner): Promise<void> {
    await this.createEndpoints(runner);
    await this.createEvents(runner);
    await this.createDeliveries(runner);
    for (const table of TABLES) await protectTenantTable(runner, 'notifications', table);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE webhook_attempts, webhook_deliveries, webhook_events, webhook_endpoints');
  }

  private async createEndpoints(runner: QueryRunner): Promise<void> {
    await runner.query(`CREATE TABLE webhook_endpoints (
      id uuid PRIMARY KEY,
      tenant_id uuid NOT NULL,
      name text NOT NULL,
      url text NOT NULL,
      secret_enc bytea,
      prev_secret_enc bytea,
      prev_secret_until timestamptz,
      headers_enc bytea,
      header_names text[] NOT NULL DEFAULT '{}',
      events text[] NOT NULL,
      payload_format text NOT NULL CHECK (payload_format IN ('standard', 'n8n', 'flat')),
      is_default boolean NOT NULL DEFAULT false,
      status text NOT NULL DEFAULT 'active' CHECK (status IN ('active', 'paused', 'disabled')),
      status_reason text,
      max_attempts int NOT NULL CHECK (max_attempts > 0),
      schedule int[],
      failing_since timestamptz,
      consecutive_failures int NOT NULL DEFAULT 0,
      resting_until timestamptz,
      created_by uuid,
      created_at timestamptz NOT NULL DEFAULT now(),
      updated_at timestamptz NOT NULL DEFAULT now(),
      CHECK (secret_enc IS NOT NULL OR payload_format = 'flat'),
      UNIQUE (tenant_id, id))`);
    await runner.query(
      'CREATE UNIQUE INDEX webhook_endpoints_default ON webhook_endpoints (tenant_id) WHERE is_default',
    );
    await runner.query(
      `CREATE INDEX webhook_endpoints_active ON webhook_endpoints (tenant_id) WHERE status = 'active'`,
    );
  }

  /** A body is serialised once per format, when the event comes in, and sent as it stands for ever after. */
  private async createEvents(runner: QueryRunner): Promise<void> {
    await runner.query(`CREATE TABLE webhook_events (
      id text NOT NULL,
      tenant_id uuid NOT NULL,
      type text NOT NULL,
      standard_body text,
      n8n_body text,
      flat_body text,
      created_at timestamptz NOT NULL DEFAULT now(),
      PRIMARY KEY (tenant_id, id))`);
    await runner.query('CREATE INDEX webhook_events_age ON webhook_events (created_at)');
  }

  private async createDeliveries(runner: QueryRunner): Promise<void> {
    await runner.query(`CREATE TABLE webhook_deliveries (
      id uuid PRIMARY KEY,
      tenant_id uuid NOT NULL,
      endpoint_id uuid NOT NULL,
      event_id text NOT NULL,
      event_type text NOT NULL,
      payload_format text NOT NULL CHECK (payload_format IN ('standard', 'n8n', 'flat')),
      status text NOT NULL DEFAULT 'pending'
        CHECK (status IN ('pending', 'delivering', 'delivered', 'failed', 'dead')),
      attempts int NOT NULL DEFAULT 0,
      max_attempts int NOT NULL,
      next_attempt_at timestamptz,
      claimed_at timestamptz,
      response_status int,
      duration_ms int,
      last_error text,
      is_test boolean NOT NULL DEFAULT false,
      created_at timestamptz NOT NULL DEFAULT now(),
      delivered_at timestamptz,
      UNIQUE (endpoint_id, event_id),
      UNIQUE (tenant_id, id),
      CHECK ((status IN ('pending', 'failed')) = (next_attempt_at IS NOT NULL)),
      FOREIGN KEY (tenant_id, endpoint_id) REFERENCES webhook_endpoints (tenant_id, id) ON DELETE CASCADE,
      FOREIGN KEY (tenant_id, event_id) REFERENCES webhook_events (tenant_id, id))`);
    await runner.query(`CREATE INDEX webhook_deliveries_due ON webhook_deliveries (endpoint_id, next_attempt_at)
      WHERE status IN ('pending', 'failed')`);
    await runner.query(`CREATE INDEX webhook_deliveries_claimed ON webhook_deliveries (claimed_at)
      WHERE status = 'delivering'`);
    // Ids rise with time, so the unique (tenant_id, id) lists newest first and finds a span of days.
    await runner.query(
      'CREATE INDEX webhook_deliveries_status ON webhook_deliveries (tenant_id, status, id)',
    );
    await runner.query(
      'CREATE INDEX webhook_deliveries_type ON webhook_deliveries (tenant_id, event_type, id)',
    );
    await runner.query('CREATE INDEX webhook_deliveries_endpoint ON webhook_deliveries (endpoint_id, id)');
    await runner.query('CREATE INDEX webhook_deliveries_event ON webhook_deliveries (tenant_id, event_id)');
    await runner.query(`CREATE TABLE webhook_attempts (
      delivery_id uuid NOT NULL,
      tenant_id uuid NOT NULL,
      number int NOT NULL,
      started_at timestamptz NOT NULL,
      request_headers jsonb NOT NULL,
      response_status int,
      response_headers jsonb,
      response_body text,
      duration_ms int NOT NULL,
      error text,
      PRIMARY KEY (delivery_id, number),
      FOREIGN KEY (tenant_id, delivery_id) REFERENCES webhook_deliveries (tenant_id, id) ON DELETE CASCADE)`);
  }
}
