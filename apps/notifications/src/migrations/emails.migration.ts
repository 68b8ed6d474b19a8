import { protectSystemTable } from '@parley/persistence';
import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Transactional mail. People's own, not a tenant's: no tenant reads it. */
export class Emails1700000710000 implements MigrationInterface {
  readonly name = 'Emails1700000710000';

  async up(runner: QueryRunner): Promise<void> {
    // Bodies hold links that open accounts: they are there only while the mail waits to be sent.
    await runner.query(`CREATE TABLE emails (
      id uuid PRIMARY KEY,
      tenant_id uuid,
      user_id uuid,
      template_key text NOT NULL,
      locale text NOT NULL CHECK (locale IN ('en', 'fr')),
      to_address citext NOT NULL,
      subject text NOT NULL,
      html_body text,
      text_body text,
      provider text NOT NULL CHECK (provider IN ('resend', 'smtp')),
      provider_id text,
      status text NOT NULL DEFAULT 'queued' CHECK (status IN ('queued', 'sent', 'failed')),
      attempts int NOT NULL DEFAULT 0,
      next_attempt_at timestamptz,
      error text,
      created_at timestamptz NOT NULL DEFAULT now(),
      sent_at timestamptz,
      CHECK ((status = 'queued') = (next_attempt_at IS NOT NULL)),
      CHECK ((status = 'queued') = (html_body IS NOT NULL)),
      CHECK ((status = 'queued') = (text_body IS NOT NULL)))`);
    await runner.query(`CREATE INDEX emails_due ON emails (next_attempt_at) WHERE status = 'queued'`);
    await runner.query('CREATE INDEX emails_created_at ON emails (created_at)');
    await protectSystemTable(runner, 'notifications', 'emails', { tenantsMayInsert: true });
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE emails');
  }
}
