import { defineEvent } from '../event';
import { Bool, Instant, Int, Json, OneOf, Text, Uuid } from '../fields';

export const CALL_PROVIDERS = ['twilio', 'vapi', 'elevenlabs', 'retell'] as const;
export type CallProvider = (typeof CALL_PROVIDERS)[number];

export const CALL_DIRECTIONS = ['inbound', 'outbound'] as const;
export type CallDirection = (typeof CALL_DIRECTIONS)[number];

/** `queued` … `in_progress` are alive, the rest terminal. */
export const CALL_STATUSES = [
  'queued',
  'ringing',
  'in_progress',
  'completed',
  'failed',
  'no_answer',
  'busy',
  'cancelled',
] as const;
export type CallStatus = (typeof CALL_STATUSES)[number];

export const CALL_OUTCOMES = [
  'booked',
  'missed',
  'transferred',
  'lead_captured',
  'info_provided',
  'voicemail',
  'not_interested',
  'other',
] as const;
export type CallOutcome = (typeof CALL_OUTCOMES)[number];

export class CallStartedV1 {
  @Uuid() callId: string;
  @OneOf(CALL_PROVIDERS) provider: CallProvider;
  @Text({ max: 128 }) providerCallId: string;
  @OneOf(CALL_DIRECTIONS) direction: CallDirection;
  @Text({ nullable: true, max: 128, description: 'E.164, or the word a provider uses for a hidden caller' })
  from: string | null;
  @Text({ nullable: true, max: 128 }) to: string | null;
  @Bool() aiHandled: boolean;
  @Instant() startedAt: string;
  @Bool({
    optional: true,
    description: 'Refused on the line: nothing was left to pay it with, or use is paused',
  })
  turnedAway?: boolean;
}

/** The whole call as it stood when it reached a terminal state. Enrichment after that is `call.enriched`. */
export class CallEndedV1 {
  @Uuid() callId: string;
  @OneOf(CALL_PROVIDERS) provider: CallProvider;
  @Text({ max: 128 }) providerCallId: string;
  @OneOf(CALL_DIRECTIONS) direction: CallDirection;
  @Text({ nullable: true, max: 128 }) from: string | null;
  @Text({ nullable: true, max: 128 }) to: string | null;
  @OneOf(CALL_STATUSES) status: CallStatus;
  @Bool() aiHandled: boolean;
  @OneOf(CALL_OUTCOMES, { nullable: true }) outcome: CallOutcome | null;
  @Int({ min: 0, description: 'Seconds connected' }) durationSeconds: number;
  @Int({ min: 0, nullable: true, description: 'What the provider charged, US cents' })
  providerCostCents: number | null;
  @Text({ nullable: true, min: 0, max: 200_000 }) transcript: string | null;
  @Text({ nullable: true, min: 0, max: 20_000 }) summary: string | null;
  @Json({ nullable: true }) structuredData: Record<string, unknown> | null;
  @Text({ nullable: true, max: 16, example: 'fr-CA' }) language: string | null;
  @Instant() startedAt: string;
  @Instant() endedAt: string;
}

/** Facts that came after the end: transcript, cost, outcome, recording. Carries the call as it stands now. */
export class CallEnrichedV1 extends CallEndedV1 {
  @Int({ min: 1, description: 'Rises with every change of the call; ignore lower ones' }) version: number;
}

const endedSample: CallEndedV1 = {
  callId: '0193f3a0-7b6e-7c3a-9f00-3f6f5b8c0001',
  provider: 'vapi',
  providerCallId: '5f8f5a0e-1c1b-4b52-9d3f-8d7f5f0c7b11',
  direction: 'inbound',
  from: '+15145550142',
  to: '+14185550100',
  status: 'completed',
  aiHandled: true,
  outcome: 'booked',
  durationSeconds: 133,
  providerCostCents: 21,
  transcript: 'AI: Bonjour, ici la réception.\nUser: Ma fournaise ne démarre plus.',
  summary: 'Élise Bélanger a pris rendez-vous pour sa fournaise.',
  structuredData: { customerName: 'Élise Bélanger', appointmentDate: '2026-11-24T14:00:00-05:00' },
  language: 'fr-CA',
  startedAt: '2026-11-20T14:02:47.000Z',
  endedAt: '2026-11-20T14:05:00.000Z',
};

export const callStartedV1 = defineEvent({
  type: 'telephony.call.started.v1',
  producer: 'telephony-ingest',
  description: 'A call was first seen alive. At most one per call; none when only its end was seen.',
  payload: CallStartedV1,
  sample: {
    callId: endedSample.callId,
    provider: 'vapi',
    providerCallId: endedSample.providerCallId,
    direction: 'inbound',
    from: '+15145550142',
    to: '+14185550100',
    aiHandled: true,
    startedAt: '2026-11-20T14:02:47.000Z',
  },
});

export const callEndedV1 = defineEvent({
  type: 'telephony.call.ended.v1',
  producer: 'telephony-ingest',
  description: 'A call reached a terminal state. Exactly one per call.',
  payload: CallEndedV1,
  sample: endedSample,
});

export const callEnrichedV1 = defineEvent({
  type: 'telephony.call.enriched.v1',
  producer: 'telephony-ingest',
  description: 'Something about an ended call became known later.',
  payload: CallEnrichedV1,
  sample: { ...endedSample, version: 7 },
});
