import {
  billedMinutes,
  type CallDirection,
  type CallEndedV1,
  type CallEnrichedV1,
  type CallOutcome,
  type CallStatus,
} from '@parley/contracts';
import { type Counts, isNothing, minus, NO_COUNTS } from '../daily/daily-counts';

/** What figures need to know of an ended call. */
export interface CallFact {
  readonly callId: string;
  /** Higher knows better; the end of a call is 0, what became known later carries its own. */
  readonly version: number;
  readonly direction: CallDirection;
  readonly status: CallStatus;
  readonly outcome: CallOutcome | null;
  readonly aiHandled: boolean;
  readonly missed: boolean;
  readonly durationSeconds: number;
  readonly billedMinutes: number;
  readonly providerCostCents: number | null;
  readonly startedAt: Date;
  readonly endedAt: Date;
}

/** A fact on the day it belongs to: the tenant's local day on which the call began. */
export interface DatedFact {
  readonly date: string;
  readonly fact: CallFact;
}

export interface DayChange {
  readonly date: string;
  readonly counts: Counts;
}

export function callFactOf(call: CallEndedV1 | CallEnrichedV1): CallFact {
  const { callId, direction, status, outcome, aiHandled, durationSeconds, providerCostCents } = call;
  return {
    callId,
    version: 'version' in call ? call.version : 0,
    direction,
    status,
    outcome,
    aiHandled,
    missed: isMissed(call),
    durationSeconds,
    billedMinutes: billedMinutes(durationSeconds),
    providerCostCents,
    startedAt: new Date(call.startedAt),
    endedAt: new Date(call.endedAt),
  };
}

/** Nobody took an inbound call: said by the outcome, or by the status where no outcome was recorded. */
function isMissed({ outcome, direction, status }: CallEndedV1): boolean {
  if (outcome !== null) return outcome === 'missed';
  return direction === 'inbound' && ['no_answer', 'busy', 'cancelled'].includes(status);
}

export const isNews = (fact: CallFact, known: CallFact | undefined): boolean =>
  known === undefined || fact.version > known.version;

export function countsOf(fact: CallFact): Counts {
  return {
    ...NO_COUNTS,
    calls: 1,
    inbound: Number(fact.direction === 'inbound'),
    outbound: Number(fact.direction === 'outbound'),
    ai_handled: Number(fact.aiHandled),
    booked: Number(fact.outcome === 'booked'),
    missed: Number(fact.missed),
    transferred: Number(fact.outcome === 'transferred'),
    seconds: fact.durationSeconds,
    billed_minutes: fact.billedMinutes,
    provider_cost_cents: fact.providerCostCents ?? 0,
  };
}

/** How the figures of days change when a fact is known better; two days when the call turns out to be of another. */
export function changesOf(known: DatedFact | undefined, better: DatedFact): DayChange[] {
  const counts = countsOf(better.fact);
  if (!known) return [{ date: better.date, counts }];
  const former = countsOf(known.fact);
  const changes =
    known.date === better.date
      ? [{ date: better.date, counts: minus(counts, former) }]
      : [
          { date: known.date, counts: minus(NO_COUNTS, former) },
          { date: better.date, counts },
        ];
  return changes.filter((change) => !isNothing(change.counts));
}
