import { createHash } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import type { CallDirection, CallOutcome, CallStatus } from '@parley/contracts';
import type { CallObservation } from '../observations';

/** What is told once per call by whichever observation knows best. */
export interface CallFacts {
  direction: CallDirection | null;
  from: string | null;
  to: string | null;
  aiHandled: boolean;
  agentId: string | null;
  providerAgentId: string | null;
  endedAt: Date | null;
  endedReason: string | null;
  outcome: CallOutcome | null;
  outcomeText: string | null;
  providerCostCents: number | null;
  summary: string | null;
  structuredData: Record<string, unknown> | null;
  language: string | null;
  recordingUrl: string | null;
}

/**
 * A call as its observations tell it. `mergeObservation` makes it from any order and any repetition of them:
 *
 * - `status` only rises: queued < ringing < in_progress < terminal < terminal by a final report. Between two
 *   terminal ones of equal finality the one that says more about the line wins (`TERMINAL_PRECEDENCE`).
 * - `durationSeconds`: a final report replaces a provisional figure; between reports of equal rank the longer
 *   one stays, so that it never decreases once final.
 * - `startedAt`: as told by a provider (stamped); else the earliest moment the call was seen.
 * - every other field is held by the observation of the highest rank, then the latest by the provider's clock.
 *   So late events fill what is empty and better ones refine, but a lesser one never overwrites.
 *
 * The same observation again changes nothing; the same event read by a better parser (a replay) refines what it
 * holds.
 */
export interface CallState extends CallFacts {
  status: CallStatus;
  final: boolean;
  startedAt: Date;
  durationSeconds: number;
  /** Field → stamp of the observation it comes from. `transcript` stands for the full one, kept beside. */
  knownBy: Record<string, string>;
}

const LEVEL: Record<CallStatus, number> = {
  queued: 0,
  ringing: 1,
  in_progress: 2,
  completed: 3,
  no_answer: 3,
  busy: 3,
  failed: 3,
  cancelled: 3,
};

const TERMINAL_PRECEDENCE: readonly CallStatus[] = ['cancelled', 'failed', 'busy', 'no_answer', 'completed'];

const GENERIC_OUTCOMES: readonly CallOutcome[] = ['info_provided', 'other'];

export const isTerminal = (status: CallStatus): boolean => LEVEL[status] === 3;

/** Started minutes (C-21). */
export const billedMinutes = (durationSeconds: number): number => Math.ceil(durationSeconds / 60);

/** The state before anything but `observation` is known. */
export function firstState(observation: CallObservation): CallState {
  return mergeObservation(nothingKnown(observation.occurredAt), observation);
}

export function mergeObservation(before: CallState, observation: CallObservation): CallState {
  const state: CallState = { ...before, knownBy: { ...before.knownBy } };
  const stamp = stampOf(observation);
  mergeStatus(state, observation, stamp);
  mergeStart(state, observation, stamp);
  mergeFacts(state, observation, stamp);
  mergeDuration(state, observation, stamp);
  if (observation.transcript && outranks(stamp, state.knownBy.transcript)) state.knownBy.transcript = stamp;
  return state;
}

/** Whether anything a reader of the call can see differs. */
export function looksDifferent(a: CallState, b: CallState): boolean {
  return !isDeepStrictEqual(visible(a), visible(b));
}

/** Which observation holds a field: `rank`, then its time, then a print of its id. Compares as text. */
export function stampOf(observation: CallObservation): string {
  const time = observation.occurredAt.getTime().toString(36).padStart(9, '0');
  const print = createHash('sha1').update(observation.eventId).digest('base64url').slice(0, 6);
  return `${rankOf(observation)}${time}${print}`;
}

function rankOf({ status, final }: CallObservation): number {
  if (!status) return 0;
  if (!isTerminal(status)) return 1;
  return final ? 3 : 2;
}

function nothingKnown(seenAt: Date): CallState {
  return {
    status: 'queued',
    final: false,
    direction: null,
    from: null,
    to: null,
    aiHandled: false,
    agentId: null,
    providerAgentId: null,
    startedAt: seenAt,
    endedAt: null,
    durationSeconds: 0,
    endedReason: null,
    outcome: null,
    outcomeText: null,
    providerCostCents: null,
    summary: null,
    structuredData: null,
    language: null,
    recordingUrl: null,
    knownBy: {},
  };
}

function mergeStatus(state: CallState, { status, final = false }: CallObservation, stamp: string): void {
  if (!status) return;
  const isFinal = final && isTerminal(status);
  const rise = weigh(status, isFinal) - weigh(state.status, state.final);
  const held = state.knownBy.status;
  const isReread = held === stamp && LEVEL[status] >= LEVEL[state.status];
  if (rise > 0 || isReread || (rise === 0 && outranks(stamp, held))) {
    state.status = status;
    state.knownBy.status = stamp;
  }
  state.final ||= isFinal;
}

const weigh = (status: CallStatus, isFinal: boolean): number =>
  LEVEL[status] * 100 + (isFinal ? 50 : 0) + TERMINAL_PRECEDENCE.indexOf(status);

function mergeStart(state: CallState, { startedAt, occurredAt }: CallObservation, stamp: string): void {
  const known = state.knownBy.startedAt;
  if (startedAt && outranks(stamp, known)) {
    state.startedAt = startedAt;
    state.knownBy.startedAt = stamp;
  } else if (!known && !startedAt && occurredAt < state.startedAt) {
    state.startedAt = occurredAt;
  }
}

/** Assigns what the observation says, wherever it knows better than what is held. */
function mergeFacts(state: CallState, observation: CallObservation, stamp: string): void {
  const { status, occurredAt, recording, outcome, outcomeText } = observation;
  const facts: CallFacts = state;
  const take = <Field extends keyof CallFacts>(
    field: Field,
    value: CallFacts[Field] | undefined,
    weight = '',
  ): void => {
    if (value === undefined || !outranks(weight + stamp, state.knownBy[field])) return;
    facts[field] = value;
    state.knownBy[field] = weight + stamp;
  };
  take('direction', observation.direction);
  take('from', observation.from);
  take('to', observation.to);
  take('aiHandled', observation.aiHandled);
  take('agentId', observation.agentId);
  take('providerAgentId', observation.providerAgentId);
  take('endedAt', observation.endedAt ?? (status && isTerminal(status) ? occurredAt : undefined));
  take('endedReason', observation.endedReason);
  take('providerCostCents', observation.providerCostCents);
  take('summary', observation.summary);
  take('structuredData', observation.structuredData);
  take('language', observation.language);
  take('recordingUrl', recording?.url);
  if (outcome) {
    // That a call was booked or transferred is worth more than that it was about something.
    const weight = GENERIC_OUTCOMES.includes(outcome) ? '0' : '1';
    take('outcome', outcome, weight);
    take('outcomeText', outcomeText ?? null, weight);
  }
}

function mergeDuration(state: CallState, { durationSeconds }: CallObservation, stamp: string): void {
  const held = state.knownBy.durationSeconds;
  if (durationSeconds !== undefined) {
    const rise = held ? Number(stamp.charAt(0)) - Number(held.charAt(0)) : 1;
    const growth = durationSeconds - state.durationSeconds;
    const isReread = held === stamp;
    if (rise > 0 || isReread || (rise === 0 && (growth > 0 || (growth === 0 && outranks(stamp, held))))) {
      state.durationSeconds = durationSeconds;
      state.knownBy.durationSeconds = stamp;
    }
  }
  if (!state.knownBy.durationSeconds) state.durationSeconds = measuredSeconds(state);
}

/** From the two ends of an answered call, while no provider has told the duration. */
function measuredSeconds({ status, startedAt, endedAt, knownBy }: CallState): number {
  if (status !== 'completed' || !endedAt || !knownBy.startedAt) return 0;
  return Math.max(0, Math.round((endedAt.getTime() - startedAt.getTime()) / 1000));
}

const outranks = (stamp: string, known: string | undefined): boolean => known === undefined || stamp >= known;

function visible({ knownBy: _knownBy, ...facts }: CallState): Omit<CallState, 'knownBy'> {
  return facts;
}
