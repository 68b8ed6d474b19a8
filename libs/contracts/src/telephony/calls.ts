import { Bool, Instant, Int, Json, ListOf, Nested, OneOf, Text, Uuid } from '../fields';
import { pageOf, PageRequest } from '../page';
import { defineOperation } from '../rpc';
import {
  CALL_DIRECTIONS,
  CALL_OUTCOMES,
  CALL_PROVIDERS,
  CALL_STATUSES,
  type CallDirection,
  type CallOutcome,
  type CallProvider,
  type CallStatus,
} from './call-events';

export const CALL_SPEAKERS = ['agent', 'user'] as const;
export type CallSpeaker = (typeof CALL_SPEAKERS)[number];

/** Filters add up. The page is newest first by `startedAt`. */
export class ListCallsRequest extends PageRequest {
  @OneOf(CALL_STATUSES, { optional: true }) status?: CallStatus;
  @OneOf(CALL_DIRECTIONS, { optional: true }) direction?: CallDirection;
  @OneOf(CALL_OUTCOMES, { optional: true }) outcome?: CallOutcome;
  @OneOf(CALL_PROVIDERS, { optional: true }) provider?: CallProvider;
  @Text({ optional: true, max: 128, description: 'Caller, as a phone number or as the provider wrote it' })
  from?: string;
  @Text({ optional: true, max: 128, description: 'Called number' }) to?: string;
  @Uuid({ optional: true, description: 'Our agent' }) agentId?: string;
  @Text({ optional: true, max: 128, description: "The provider's agent or assistant" })
  providerAgentId?: string;
  @Bool({ optional: true }) aiHandled?: boolean;
  @Instant({ optional: true, description: 'Started at or after' }) startedAfter?: string;
  @Instant({ optional: true, description: 'Started before' }) startedBefore?: string;
  @Text({ optional: true, max: 200, description: 'Words of the transcript; accents and case do not matter' })
  q?: string;
}

export class CallIdRequest {
  @Uuid() id: string;
}

export class Call {
  @Uuid() id: string;
  @OneOf(CALL_PROVIDERS) provider: CallProvider;
  @Text({ max: 128, example: 'call-at-provider' }) providerCallId: string;
  @OneOf(CALL_DIRECTIONS, { nullable: true }) direction: CallDirection | null;
  @Text({ nullable: true, max: 128, description: 'E.164, or what the provider says of a hidden caller' })
  from: string | null;
  @Text({ nullable: true, max: 128 }) to: string | null;
  @OneOf(CALL_STATUSES) status: CallStatus;
  @Bool() aiHandled: boolean;
  @OneOf(CALL_OUTCOMES, { nullable: true }) outcome: CallOutcome | null;
  @Text({ nullable: true, description: 'The outcome in the words of the agent, where it is not one of ours' })
  outcomeText: string | null;
  @Text({ nullable: true, max: 255, description: "The provider's own reason of the end" })
  endedReason: string | null;
  @Int({ min: 0, description: 'Seconds connected' }) durationSeconds: number;
  @Int({ min: 0, description: 'Started minutes' }) billedMinutes: number;
  @Text({ nullable: true, min: 0, max: 20_000 }) summary: string | null;
  @Json({ nullable: true }) structuredData: Record<string, unknown> | null;
  @Text({ nullable: true, max: 16, example: 'fr-CA' }) language: string | null;
  @Uuid({ nullable: true }) agentId: string | null;
  @Text({ nullable: true, max: 128 }) providerAgentId: string | null;
  @Text({ nullable: true, max: 2048 }) recordingUrl: string | null;
  @Instant() startedAt: string;
  @Instant({ nullable: true }) endedAt: string | null;
  @Instant() createdAt: string;
  @Instant() updatedAt: string;
  @Int({ min: 1, description: 'Rises with every change' }) version: number;
}

export class CallPage extends pageOf(Call) {}

export class CallTranscriptSegment {
  @OneOf(CALL_SPEAKERS) speaker: CallSpeaker;
  @Text({ min: 0, max: 100_000, example: 'Bonjour, plomberie Tremblay.' }) text: string;
  @Int({ min: 0, description: 'Milliseconds from the start of the call' }) offsetMs: number;
}

export class CallTranscript {
  @Uuid() callId: string;
  @Text({ min: 0, max: 1_000_000, example: 'Bonjour, plomberie Tremblay. Comment puis-je vous aider?' })
  content: string;
  @ListOf(() => CallTranscriptSegment, { max: 10_000 }) segments: CallTranscriptSegment[];
  @Text({ nullable: true, max: 16 }) language: string | null;
  @Bool({ description: 'False while lines are still coming in' }) complete: boolean;
}

export class CallRecording {
  @Uuid() id: string;
  @Text({ max: 255, example: 'recording-at-provider' }) providerRecordingId: string;
  @Text({
    max: 2048,
    description: 'Where the provider keeps it; may need its credentials',
    example: 'https://recordings.example.com/call-1.wav',
  })
  url: string;
  @Int({ nullable: true, min: 0 }) durationSeconds: number | null;
  @Instant() createdAt: string;
}

export class CallTimelineEvent {
  @Text({ max: 255, example: 'call-at-provider:ended' }) eventId: string;
  @Text({ max: 128, example: 'ended' }) type: string;
  @Instant() occurredAt: string;
  @Json() details: Record<string, unknown>;
}

export class CallDetail extends Call {
  @Int({ optional: true, nullable: true, min: 0, description: 'US cents; shown to owners and admins only' })
  providerCostCents?: number | null;
  @Nested(() => CallTranscript, { nullable: true }) transcript: CallTranscript | null;
  @ListOf(() => CallRecording) recordings: CallRecording[];
  @ListOf(() => CallTimelineEvent, { max: 500, description: 'The first 500 facts, oldest first' })
  events: CallTimelineEvent[];
}

export const listCalls = defineOperation({
  name: 'telephony.calls.list',
  service: 'telephony-ingest',
  request: ListCallsRequest,
  response: CallPage,
});

export const getCall = defineOperation({
  name: 'telephony.call.get',
  service: 'telephony-ingest',
  request: CallIdRequest,
  response: CallDetail,
});

export const getTranscript = defineOperation({
  name: 'telephony.call.transcript',
  service: 'telephony-ingest',
  request: CallIdRequest,
  response: CallTranscript,
});
