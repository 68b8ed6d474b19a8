import type { MigrationInterface, QueryRunner } from 'typeorm';
import { protectTenantTable, schemaOf } from '@parley/persistence';

const SERVICE = 'telephony-ingest';

const TENANT_TABLES = [
  'calls',
  'call_events',
  'call_transcripts',
  'call_transcript_lines',
  'call_recordings',
  'messages',
  'sms_opt_outs',
];

/** Calls with everything that hangs on them, and text messages. */
export class CallsSchema1700000300000 implements MigrationInterface {
  readonly name = 'CallsSchema1700000300000';

  async up(runner: QueryRunner): Promise<void> {
    await createCalls(runner);
    await createTranscripts(runner);
    await createMessages(runner);
    for (const table of TENANT_TABLES) await protectTenantTable(runner, SERVICE, table);
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const table of [...TENANT_TABLES].reverse()) await runner.query(`DROP TABLE ${table}`);
    await runner.query('DROP FUNCTION transcript_words(text)');
  }
}

async function createCalls(runner: QueryRunner): Promise<void> {
  await runner.query(`CREATE TABLE calls (
    id uuid PRIMARY KEY,
    tenant_id uuid NOT NULL,
    user_id uuid,
    agent_id uuid,
    contact_id uuid,
    provider text NOT NULL CHECK (provider IN ('twilio', 'vapi', 'elevenlabs', 'retell')),
    provider_call_id text NOT NULL,
    provider_agent_id text,
    direction text CHECK (direction IN ('inbound', 'outbound')),
    from_number text,
    to_number text,
    -- The other party.
    phone_number text GENERATED ALWAYS AS (
      CASE direction WHEN 'inbound' THEN from_number WHEN 'outbound' THEN to_number END) STORED,
    status text NOT NULL CHECK (status IN
      ('queued', 'ringing', 'in_progress', 'completed', 'failed', 'no_answer', 'busy', 'cancelled')),
    final boolean NOT NULL DEFAULT false,
    ended_reason text,
    ai_handled boolean NOT NULL DEFAULT false,
    outcome_type text CHECK (outcome_type IN ('booked', 'missed', 'transferred', 'lead_captured',
      'info_provided', 'voicemail', 'not_interested', 'other')),
    outcome_text text,
    duration_seconds int NOT NULL DEFAULT 0 CHECK (duration_seconds >= 0),
    billed_minutes int NOT NULL DEFAULT 0 CHECK (billed_minutes >= 0),
    provider_cost_cents int CHECK (provider_cost_cents >= 0),
    currency char(3) NOT NULL DEFAULT 'USD',
    recording_url text,
    summary text,
    structured_data jsonb,
    language text,
    started_at timestamptz NOT NULL,
    completed_at timestamptz,
    -- Which observation each field comes from; what makes the order of arrival irrelevant (call-state.ts).
    known_by jsonb NOT NULL DEFAULT '{}',
    has_lines boolean NOT NULL DEFAULT false,
    version int NOT NULL DEFAULT 1,
    started_announced_at timestamptz,
    ended_announced_at timestamptz,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    UNIQUE (tenant_id, provider, provider_call_id))`);
  const newestFirst = 'started_at DESC, id DESC';
  // Filters without an index of their own (provider, aiHandled) keep too much of the list to need one.
  await runner.query(`CREATE INDEX calls_newest ON calls (tenant_id, ${newestFirst})`);
  for (const column of ['status', 'direction', 'from_number', 'to_number']) {
    await runner.query(`CREATE INDEX calls_by_${column} ON calls (tenant_id, ${column}, ${newestFirst})`);
  }
  for (const column of ['outcome_type', 'agent_id', 'provider_agent_id']) {
    await runner.query(`CREATE INDEX calls_by_${column} ON calls (tenant_id, ${column}, ${newestFirst})
      WHERE ${column} IS NOT NULL`);
  }
  await runner.query(`CREATE TABLE call_events (
    id uuid PRIMARY KEY,
    tenant_id uuid NOT NULL,
    call_id uuid NOT NULL REFERENCES calls ON DELETE CASCADE,
    event_id text NOT NULL,
    event_type text NOT NULL,
    occurred_at timestamptz NOT NULL,
    payload jsonb NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    UNIQUE (tenant_id, event_id))`);
  await runner.query('CREATE INDEX call_events_timeline ON call_events (call_id, occurred_at, id)');
  await runner.query(`CREATE TABLE call_recordings (
    id uuid PRIMARY KEY,
    tenant_id uuid NOT NULL,
    call_id uuid NOT NULL REFERENCES calls ON DELETE CASCADE,
    provider_recording_id text NOT NULL,
    provider_url text NOT NULL,
    storage_key text,
    content_type text,
    duration_seconds int CHECK (duration_seconds >= 0),
    size_bytes bigint,
    transcription_id uuid,
    expires_at timestamptz,
    created_at timestamptz NOT NULL DEFAULT now(),
    UNIQUE (tenant_id, provider_recording_id))`);
  await runner.query('CREATE INDEX call_recordings_of_call ON call_recordings (call_id)');
}

async function createTranscripts(runner: QueryRunner): Promise<void> {
  const { role, systemRole } = schemaOf(SERVICE);
  // Without stemming, since calls mix languages; without accents, since people search without them. Capital
  // accents are listed because lower() knows them only in some locales. A tsvector holds at most 1 MB.
  await runner.query(`CREATE FUNCTION transcript_words(content text) RETURNS tsvector
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
      SELECT to_tsvector('simple'::regconfig, translate(left(content, 250000),
        'àáâãäåçèéêëìíîïñòóôõöùúûüýÿÀÁÂÃÄÅÇÈÉÊËÌÍÎÏÑÒÓÔÕÖÙÚÛÜÝ’',
        'aaaaaaceeeeiiiinooooouuuuyyaaaaaaceeeeiiiinooooouuuuy '))
    $$`);
  await runner.query('REVOKE ALL ON FUNCTION transcript_words(text) FROM PUBLIC');
  await runner.query(`GRANT EXECUTE ON FUNCTION transcript_words(text) TO ${role}, ${systemRole}`);
  await runner.query(`CREATE TABLE call_transcripts (
    id uuid PRIMARY KEY,
    tenant_id uuid NOT NULL,
    call_id uuid NOT NULL UNIQUE REFERENCES calls ON DELETE CASCADE,
    content text NOT NULL,
    speaker_segments jsonb NOT NULL,
    language text,
    words tsvector GENERATED ALWAYS AS (transcript_words(content)) STORED,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now())`);
  await runner.query('CREATE INDEX call_transcripts_words ON call_transcripts USING gin (words)');
  await runner.query(`CREATE TABLE call_transcript_lines (
    call_id uuid NOT NULL REFERENCES calls ON DELETE CASCADE,
    line_id text NOT NULL,
    tenant_id uuid NOT NULL,
    speaker text NOT NULL CHECK (speaker IN ('agent', 'user')),
    text text NOT NULL,
    spoken_at timestamptz NOT NULL,
    PRIMARY KEY (call_id, line_id))`);
}

async function createMessages(runner: QueryRunner): Promise<void> {
  await runner.query(`CREATE TABLE messages (
    id uuid PRIMARY KEY,
    tenant_id uuid NOT NULL,
    user_id uuid,
    direction text NOT NULL CHECK (direction IN ('inbound', 'outbound')),
    channel text NOT NULL DEFAULT 'sms',
    from_number text NOT NULL,
    to_number text NOT NULL,
    phone_e164 text NOT NULL GENERATED ALWAYS AS (
      CASE direction WHEN 'inbound' THEN from_number ELSE to_number END) STORED,
    body text,
    provider text NOT NULL CHECK (provider IN ('twilio', 'retell')),
    provider_message_id text NOT NULL,
    status text NOT NULL CHECK (status IN ('queued', 'sent', 'delivered', 'failed', 'received', 'suppressed')),
    kind text CHECK (kind IN ('manual', 'post_call', 'reminder_24h', 'reminder_1h', 'review_request',
      'auto_reply', 'campaign', 'inbound')),
    keyword text CHECK (keyword IN ('STOP', 'START', 'HELP', 'YES', 'NO')),
    call_id uuid,
    appointment_id uuid,
    lead_id uuid,
    thread_id uuid,
    segments int CHECK (segments >= 0),
    cost_cents int,
    error text,
    sent_at timestamptz,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    UNIQUE (tenant_id, provider, provider_message_id))`);
  await runner.query('CREATE INDEX messages_newest ON messages (tenant_id, created_at DESC, id DESC)');
  for (const column of ['phone_e164', 'direction', 'status']) {
    await runner.query(`CREATE INDEX messages_by_${column}
      ON messages (tenant_id, ${column}, created_at DESC, id DESC)`);
  }
  // Opted out while opted_out_at is later than opted_in_at: both only ever rise, so order does not matter.
  await runner.query(`CREATE TABLE sms_opt_outs (
    id uuid PRIMARY KEY,
    tenant_id uuid NOT NULL,
    phone_e164 text NOT NULL,
    keyword text NOT NULL,
    opted_out_at timestamptz,
    opted_in_at timestamptz,
    UNIQUE (tenant_id, phone_e164))`);
}
