import { protectSystemTable } from '@parley/persistence';
import type { MigrationInterface, QueryRunner } from 'typeorm';

const PROVIDER = `provider text NOT NULL CHECK (provider IN ('google', 'linkedin', 'facebook'))`;

/** Sign-in elsewhere. Like people, none of this is a tenant's. */
export class SocialSignIn1700001000000 implements MigrationInterface {
  readonly name = 'SocialSignIn1700001000000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`ALTER TABLE users ADD COLUMN auth_provider text NOT NULL DEFAULT 'email'
      CHECK (auth_provider IN ('email', 'google', 'linkedin', 'facebook'))`);
    // The provider's own id is the identity; the address is told, changes and is given to others.
    await runner.query(`CREATE TABLE oauth_accounts (
      id uuid PRIMARY KEY,
      user_id uuid NOT NULL REFERENCES users (id) ON DELETE CASCADE,
      ${PROVIDER},
      issuer text NOT NULL,
      provider_user_id text NOT NULL,
      email citext,
      created_at timestamptz NOT NULL,
      last_used_at timestamptz,
      UNIQUE (provider, issuer, provider_user_id),
      UNIQUE (user_id, provider))`);
    // A browser on its way to a provider and back.
    await runner.query(`CREATE TABLE oauth_states (
      id uuid PRIMARY KEY,
      ${PROVIDER},
      state_hash bytea NOT NULL UNIQUE,
      browser_hash bytea NOT NULL,
      user_id uuid REFERENCES users (id) ON DELETE CASCADE,
      redirect_uri text NOT NULL,
      code_challenge text,
      secrets_enc bytea NOT NULL,
      created_at timestamptz NOT NULL,
      expires_at timestamptz NOT NULL,
      consumed_at timestamptz)`);
    // Who a provider said somebody is, until the frontend fetches it.
    await runner.query(`CREATE TABLE oauth_tickets (
      id uuid PRIMARY KEY,
      ${PROVIDER},
      ticket_hash bytea NOT NULL UNIQUE,
      user_id uuid REFERENCES users (id) ON DELETE CASCADE,
      redirect_uri text NOT NULL,
      code_challenge text,
      profile_enc bytea NOT NULL,
      created_at timestamptz NOT NULL,
      expires_at timestamptz NOT NULL,
      consumed_at timestamptz)`);
    // ID tokens that came in once, for as long as they would be good.
    await runner.query(`CREATE TABLE oauth_used_tokens (
      token_hash bytea PRIMARY KEY,
      expires_at timestamptz NOT NULL)`);
    for (const table of ['oauth_states', 'oauth_tickets', 'oauth_used_tokens']) {
      await runner.query(`CREATE INDEX ${table}_expires_at ON ${table} (expires_at)`);
    }
    for (const table of ['oauth_states', 'oauth_tickets']) {
      await runner.query(`CREATE INDEX ${table}_user ON ${table} (user_id) WHERE user_id IS NOT NULL`);
    }
    for (const table of ['oauth_accounts', 'oauth_states', 'oauth_tickets', 'oauth_used_tokens']) {
      await protectSystemTable(runner, 'identity', table);
    }
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE oauth_used_tokens, oauth_tickets, oauth_states, oauth_accounts');
    await runner.query('ALTER TABLE users DROP COLUMN auth_provider');
  }
}
