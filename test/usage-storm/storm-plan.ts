import {
  billedMinutes,
  type CallEndedV1,
  callEndedV1,
  callEnrichedV1,
  type EventEnvelope,
  newId,
} from '@parley/contracts';
import { aCallEnded } from '@parley/testing';
import type { Random } from '../hostile-delivery/random';

/** A call as it is known in the end. */
export interface StormCall {
  readonly id: string;
  readonly tenantId: string;
  readonly durationSeconds: number;
  readonly minutes: number;
  readonly version: number;
}

export interface StormPlan {
  readonly calls: StormCall[];
  /** Different facts. */
  readonly facts: number;
  /** Ids of all messages; some are sent more than once. */
  readonly messageIds: number;
  /** Each fact five times, in no order. */
  readonly deliveries: EventEnvelope[];
}

/** Of five deliveries of a fact, so many are of one message; the others carry ids of their own. */
const OF_ONE_MESSAGE = 3;
const DELIVERIES = 5;

/** Calls that end and are corrected up to twice, until there are so many facts. */
export function planStorm(tenants: readonly string[], facts: number, random: Random): StormPlan {
  const calls: StormCall[] = [];
  const deliveries: EventEnvelope[] = [];
  let planned = 0;
  while (planned < facts) {
    const tenantId = random.pick(tenants);
    const id = newId();
    const versions = Math.min(1 + Math.floor(random.next() * 3), facts - planned);
    const durations = Array.from({ length: versions }, () => Math.floor(random.next() * 600));
    for (const [version, durationSeconds] of durations.entries())
      deliveries.push(...copiesOf(tenantId, version, aCallEnded({ callId: id, durationSeconds })));
    const durationSeconds = durations.at(-1) ?? 0;
    const minutes = billedMinutes(durationSeconds);
    calls.push({ id, tenantId, durationSeconds, minutes, version: versions });
    planned += versions;
  }
  return {
    calls,
    facts: planned,
    messageIds: planned * (1 + DELIVERIES - OF_ONE_MESSAGE),
    deliveries: random.shuffle(deliveries),
  };
}

function copiesOf(tenantId: string, version: number, call: CallEndedV1): EventEnvelope[] {
  const { type, producer: source } = version === 0 ? callEndedV1 : callEnrichedV1;
  // A call's own version begins at 1: what follows its end is at least 2.
  const payload = version === 0 ? call : { ...call, version: version + 1 };
  const message = (): EventEnvelope => {
    const id = newId();
    const time = new Date().toISOString();
    return { meta: { id, source, type, time, subject: call.callId, tenantId, correlationId: id }, payload };
  };
  const repeated = message();
  return Array.from({ length: DELIVERIES }, (_each, copy) => (copy < OF_ONE_MESSAGE ? repeated : message()));
}
