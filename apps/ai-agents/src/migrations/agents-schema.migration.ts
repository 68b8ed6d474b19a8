import { protectTenantTable } from '@parley/persistence';
import type { MigrationInterface, QueryRunner } from 'typeorm';
import { BUILT_IN_PERSONAS } from './built-in-personas';

export class AgentsSchema1700000200000 implements MigrationInterface {
  readonly name = 'AgentsSchema1700000200000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`CREATE TABLE personas (
      id uuid PRIMARY KEY,
      tenant_id uuid,
      slug text NOT NULL CHECK (slug ~ '^[a-z0-9]+(-[a-z0-9]+)*$'),
      name text NOT NULL,
      specialty text[] NOT NULL DEFAULT '{}',
      description text NOT NULL,
      style jsonb NOT NULL DEFAULT '{}',
      keywords text[] NOT NULL DEFAULT '{}',
      translations jsonb NOT NULL DEFAULT '{}',
      system_prompt text NOT NULL,
      icon text,
      is_active boolean NOT NULL DEFAULT true,
      sort int NOT NULL DEFAULT 100,
      created_at timestamptz NOT NULL DEFAULT now(),
      updated_at timestamptz NOT NULL DEFAULT now(),
      UNIQUE NULLS NOT DISTINCT (tenant_id, slug))`);
    await addBuiltInPersonas(runner);

    await runner.query(`CREATE TABLE conversations (
      id uuid PRIMARY KEY,
      tenant_id uuid NOT NULL,
      user_id uuid NOT NULL,
      persona_id uuid NOT NULL REFERENCES personas,
      channel text NOT NULL DEFAULT 'web' CHECK (channel IN ('web', 'widget')),
      title text,
      procedure_id uuid,
      procedure_type text CHECK (procedure_type IN ('dental', 'aesthetic')),
      metadata jsonb NOT NULL DEFAULT '{}',
      message_count int NOT NULL DEFAULT 0,
      last_message_at timestamptz,
      created_at timestamptz NOT NULL DEFAULT now(),
      updated_at timestamptz NOT NULL DEFAULT now(),
      deleted_at timestamptz,
      active_at timestamptz NOT NULL GENERATED ALWAYS AS (coalesce(last_message_at, created_at)) STORED)`);
    await runner.query(`CREATE INDEX conversations_of_user ON conversations
      (tenant_id, user_id, active_at DESC, id DESC) WHERE deleted_at IS NULL`);

    await runner.query(`CREATE TABLE messages (
      id uuid PRIMARY KEY,
      tenant_id uuid NOT NULL,
      conversation_id uuid NOT NULL REFERENCES conversations,
      user_id uuid NOT NULL,
      position int NOT NULL CHECK (position > 0),
      role text NOT NULL CHECK (role IN ('user', 'assistant')),
      status text NOT NULL CHECK (status IN ('streaming', 'complete', 'failed', 'cancelled')),
      content text NOT NULL DEFAULT '',
      seq int NOT NULL DEFAULT 0,
      search tsvector,
      client_message_id text,
      reply_to uuid REFERENCES messages,
      request_id uuid,
      model text,
      tokens_in int,
      tokens_out int,
      stop_reason text,
      error_code text,
      locale text NOT NULL DEFAULT 'en',
      heartbeat_at timestamptz,
      cancel_requested_at timestamptz,
      created_at timestamptz NOT NULL DEFAULT now(),
      completed_at timestamptz,
      UNIQUE (conversation_id, position),
      UNIQUE (conversation_id, client_message_id),
      UNIQUE (reply_to),
      CHECK ((status = 'failed') = (error_code IS NOT NULL)),
      CHECK (status <> 'streaming' OR (role = 'assistant' AND heartbeat_at IS NOT NULL)))`);
    await runner.query(`CREATE UNIQUE INDEX messages_one_running_answer ON messages (conversation_id)
      WHERE status = 'streaming'`);
    await runner.query(
      `CREATE INDEX messages_abandoned ON messages (heartbeat_at) WHERE status = 'streaming'`,
    );
    await runner.query(`CREATE INDEX messages_asked ON messages (tenant_id, user_id, created_at)
      WHERE role = 'user'`);

    await runner.query(`CREATE TABLE ai_requests (
      id uuid PRIMARY KEY,
      tenant_id uuid NOT NULL,
      user_id uuid,
      conversation_id uuid,
      message_id uuid,
      feature text NOT NULL,
      provider text NOT NULL,
      model text NOT NULL,
      status text NOT NULL DEFAULT 'running'
        CHECK (status IN ('running', 'succeeded', 'failed', 'refused', 'cancelled', 'interrupted')),
      tokens_in int NOT NULL CHECK (tokens_in >= 0),
      tokens_out int NOT NULL DEFAULT 0 CHECK (tokens_out >= 0),
      estimated boolean NOT NULL DEFAULT true,
      error_type text,
      provider_request_id text,
      first_token_ms int,
      latency_ms int,
      created_at timestamptz NOT NULL DEFAULT now(),
      finished_at timestamptz)`);
    await runner.query('CREATE INDEX ai_requests_of_tenant ON ai_requests (tenant_id, created_at DESC)');

    await protectTenantTable(runner, 'ai-agents', 'personas', { shared: true });
    await protectTenantTable(runner, 'ai-agents', 'conversations');
    await protectTenantTable(runner, 'ai-agents', 'messages');
    await protectTenantTable(runner, 'ai-agents', 'ai_requests');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE ai_requests, messages, conversations, personas');
  }
}

/** Before row security is on: no policy lets anybody but the platform write rows without a tenant. */
async function addBuiltInPersonas(runner: QueryRunner): Promise<void> {
  for (const [index, persona] of BUILT_IN_PERSONAS.entries()) {
    await runner.query(
      `INSERT INTO personas
         (id, slug, name, specialty, description, style, keywords, translations, system_prompt, icon, sort)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`,
      [
        persona.id,
        persona.slug,
        persona.name,
        persona.specialty,
        persona.description,
        persona.style,
        persona.keywords,
        persona.translations,
        persona.systemPrompt,
        persona.icon,
        index + 1,
      ],
    );
  }
}
