import { billedMinutes, type CallEndedV1, type CallEnrichedV1 } from '@parley/contracts';

/** How long a call lasted, as one message says it. */
export interface CallUsage {
  readonly callId: string;
  /** Higher knows better; the end of a call is 0, what became known later carries its own. */
  readonly version: number;
  readonly seconds: number;
  readonly providerCostCents: number | null;
  readonly endedAt: Date;
}

/** What a call has been billed so far. */
export interface BilledUsage {
  readonly version: number;
  readonly minutes: number;
}

/** Credits to take (negative: to give back), and the name of that effect. */
export interface Charge {
  readonly credits: number;
  readonly naturalKey: string;
}

export function usageOf(call: CallEndedV1 | CallEnrichedV1): CallUsage {
  return {
    callId: call.callId,
    version: 'version' in call ? call.version : 0,
    seconds: call.durationSeconds,
    providerCostCents: call.providerCostCents,
    endedAt: new Date(call.endedAt),
  };
}

/** Whether a message knows better than what was billed. */
export const isNews = (usage: CallUsage, billed: BilledUsage | undefined): boolean =>
  billed === undefined || usage.version > billed.version;

/**
 * What to post so that a call ends up costing what the best-informed message says, in whatever order messages
 * come. What was posted stays; a correction is posted beside it.
 */
export function chargeFor(usage: CallUsage, billed: BilledUsage | undefined): Charge | undefined {
  if (!isNews(usage, billed)) return undefined;
  const credits = billedMinutes(usage.seconds) - (billed?.minutes ?? 0);
  if (credits === 0) return undefined;
  const key = `call:${usage.callId}:usage`;
  return { credits, naturalKey: billed ? `${key}:correction:v${usage.version}` : key };
}
