import { protectTenantTable } from '@parley/persistence';
import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Answers of POSTs with an Idempotency-Key, kept for a day. */
export class GatewaySchema1700001500000 implements MigrationInterface {
  name = 'GatewaySchema1700001500000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`CREATE TABLE http_idempotency (
      tenant_id uuid NOT NULL,
      actor_id uuid NOT NULL,
      route text NOT NULL,
      key text NOT NULL CHECK (length(key) BETWEEN 1 AND 255),
      claim_id uuid NOT NULL,
      request_hash bytea NOT NULL,
      state text NOT NULL CHECK (state IN ('running', 'done', 'unknown')),
      held_until timestamptz NOT NULL,
      status int CHECK (status BETWEEN 200 AND 299),
      headers jsonb,
      body_sealed bytea,
      created_at timestamptz NOT NULL,
      expires_at timestamptz NOT NULL,
      PRIMARY KEY (tenant_id, actor_id, route, key),
      CHECK ((state = 'done') = (status IS NOT NULL))
    )`);
    await runner.query('CREATE INDEX http_idempotency_expiry ON http_idempotency (expires_at)');
    await protectTenantTable(runner, 'gateway', 'http_idempotency');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE http_idempotency');
  }
}
