import { Bool, Instant, Int, Json, ListOf, OneOf, Text, Texts, Uuid } from '../fields';
import { PageRequest, pageOf } from '../page';
import { defineOperation } from '../rpc';
import { WEBHOOK_PROVIDERS, type WebhookProvider } from './connections';

/**
 * `received` waits, `processing` is leased by a worker, `deferred` waits because its tenant sent too much,
 * `processed` and `ignored` are done, `dead` was given up on.
 */
export const JOURNAL_STATUSES = [
  'received',
  'processing',
  'deferred',
  'processed',
  'ignored',
  'dead',
] as const;
export type JournalStatus = (typeof JOURNAL_STATUSES)[number];

/** One webhook as it was received. */
export class JournalEntry {
  @Uuid() id: string;
  @OneOf(WEBHOOK_PROVIDERS) provider: WebhookProvider;
  @Text({ example: 'status-update' }) kind: string;
  @Text({ nullable: true, description: "The provider's id of the call or message" }) subject: string | null;
  @Uuid({ nullable: true, description: 'Null: nobody owns the called number' }) tenantId: string | null;
  @Uuid({ nullable: true }) connectionId: string | null;
  @Text({ max: 500, example: 'call-at-provider:status-update:ringing' }) dedupeKey: string;
  @Text({ description: 'Which signature scheme vouched for it', example: 'secret' }) verifiedBy: string;
  @OneOf(JOURNAL_STATUSES) status: JournalStatus;
  @Int() attempts: number;
  @Instant() nextAt: string;
  @Text({ nullable: true, max: 1000 }) lastError: string | null;
  @Instant() receivedAt: string;
  @Instant({ nullable: true }) processedAt: string | null;
  @Int() replayCount: number;
  @Uuid({ nullable: true }) replayedBy: string | null;
  @Int({ description: 'Bytes received' }) size: number;
}

export class JournalEntryDetail extends JournalEntry {
  @Text({ max: 8192, example: '/v1/webhooks/vapi' }) path: string;
  @Text({ min: 0, example: 'application/json' }) contentType: string;
  @Json({ description: 'Without what authenticates' }) headers: Record<string, unknown>;
  @Text({
    min: 0,
    max: 20_000,
    description: 'Start of the body, secrets redacted',
    example: '{"message":{"type":"status-update"}}',
  })
  bodyPreview: string;
  @Bool() bodyTruncated: boolean;
}

export const JournalEntryPage = pageOf(JournalEntry);

export class ListJournalRequest extends PageRequest {
  @OneOf(WEBHOOK_PROVIDERS, { optional: true }) provider?: WebhookProvider;
  @OneOf(JOURNAL_STATUSES, { optional: true }) status?: JournalStatus;
  @Uuid({ optional: true }) tenantId?: string;
  @Text({ optional: true, max: 64, example: 'status-update' }) kind?: string;
}

export class JournalEntryIdRequest {
  @Uuid() id: string;
}

export class ReplayOptions {
  @Bool({ optional: true, description: 'Apply again what was processed already' }) force?: boolean;
  @Bool({ optional: true, description: 'Only show what the current parser reads and what would change' })
  dryRun?: boolean;
}

export class ReplayJournalEntryRequest extends ReplayOptions {
  @Uuid() id: string;
}

export const REPLAY_OUTCOMES = ['queued', 'unchanged', 'dry-run', 'no-tenant'] as const;
export type ReplayOutcome = (typeof REPLAY_OUTCOMES)[number];

export class FieldChange {
  @Text({ example: 'durationSeconds' }) field: string;
  @Text({ nullable: true, max: 2000 }) before: string | null;
  @Text({ nullable: true, max: 2000 }) after: string | null;
}

export class ReplayResult {
  @Uuid() id: string;
  @OneOf(REPLAY_OUTCOMES, {
    description: '`unchanged`: processed already and not forced. `no-tenant`: still nobody owns the number',
  })
  outcome: ReplayOutcome;
  @Texts({ optional: true, description: 'Dry run: what the current parser reads, as JSON' })
  observations?: string[];
  @ListOf(() => FieldChange, { optional: true, description: 'Dry run: what would change' })
  changes?: FieldChange[];
  @Text({ optional: true, max: 1000, description: 'Dry run: why it would fail', example: 'no such call' })
  failure?: string;
}

export class ReplayJournalRangeRequest extends ReplayOptions {
  @OneOf(WEBHOOK_PROVIDERS, { optional: true }) provider?: WebhookProvider;
  @OneOf(JOURNAL_STATUSES, { optional: true, description: '`dead` by default' }) status?: JournalStatus;
  @Uuid({ optional: true }) tenantId?: string;
  @Text({ optional: true, max: 64, example: 'status-update' }) kind?: string;
  @Instant({ description: 'Received at or after' }) from: string;
  @Instant({ optional: true, description: 'Received before; now by default' }) to?: string;
  @Int({ optional: true, min: 1, max: 1000, description: '100 by default, oldest first' }) limit?: number;
}

export class ReplayRangeResult {
  @Int() matched: number;
  @Int() queued: number;
  @Int() unchanged: number;
  @ListOf(() => ReplayResult) results: ReplayResult[];
}

export const listJournal = defineOperation({
  name: 'telephony.journal.list',
  service: 'telephony-ingest',
  role: 'super_admin',
  request: ListJournalRequest,
  response: JournalEntryPage,
});

export const getJournalEntry = defineOperation({
  name: 'telephony.journal.get',
  service: 'telephony-ingest',
  role: 'super_admin',
  request: JournalEntryIdRequest,
  response: JournalEntryDetail,
});

export const replayJournalEntry = defineOperation({
  name: 'telephony.journal.replay',
  service: 'telephony-ingest',
  role: 'super_admin',
  request: ReplayJournalEntryRequest,
  response: ReplayResult,
});

export const replayJournalRange = defineOperation({
  name: 'telephony.journal.replay-range',
  service: 'telephony-ingest',
  role: 'super_admin',
  request: ReplayJournalRangeRequest,
  response: ReplayRangeResult,
  timeoutMs: 30_000,
});
