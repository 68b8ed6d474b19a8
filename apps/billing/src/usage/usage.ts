import { billedMinutes, type CallEndedV1, type CallEnrichedV1, type UsageMeter } from '@parley/contracts';

/** What one source used of one meter, as one message says it. */
export interface UsageReport {
  readonly sourceType: string;
  readonly sourceId: string;
  /** Higher knows better; the first report is 0, what became known later carries its own. */
  readonly version: number;
  readonly meter: UsageMeter;
  readonly quantity: number;
  readonly rawSeconds?: number;
  readonly providerCostCents?: number | null;
  readonly userId?: string | null;
  readonly occurredAt: Date;
  readonly callId?: string;
  readonly description: string;
}

/** What is known to have been used so far. */
export interface KnownUsage {
  readonly version: number;
  readonly quantity: number;
}

/** Units to take (negative: to give back), and the name of that effect. */
export interface Charge {
  readonly units: number;
  readonly naturalKey: string;
}

export function usageOfCall(call: CallEndedV1 | CallEnrichedV1): UsageReport {
  const { callId, durationSeconds, providerCostCents, endedAt } = call;
  const length = `${Math.floor(durationSeconds / 60)}:${String(durationSeconds % 60).padStart(2, '0')}`;
  return {
    sourceType: 'call',
    sourceId: callId,
    version: 'version' in call ? call.version : 0,
    meter: 'voice_minutes',
    quantity: billedMinutes(durationSeconds),
    rawSeconds: durationSeconds,
    providerCostCents,
    occurredAt: new Date(endedAt),
    callId,
    description: `Call of ${length}`,
  };
}

export const sourceKeyOf = ({ sourceType, sourceId }: { sourceType: string; sourceId: string }): string =>
  `${sourceType}:${sourceId}`;

/** Whether a report knows better than what is known. */
export const isNews = (report: UsageReport, known: KnownUsage | undefined): boolean =>
  known === undefined || report.version > known.version;

/**
 * What to post so that a source ends up costing what the best-informed report says, in whatever order reports
 * come. What was posted stays; a correction is posted beside it.
 */
export function chargeFor(report: UsageReport, known: KnownUsage | undefined): Charge | undefined {
  if (!isNews(report, known)) return undefined;
  const units = report.quantity - (known?.quantity ?? 0);
  if (units === 0) return undefined;
  const key = `${sourceKeyOf(report)}:usage`;
  return { units, naturalKey: known ? `${key}:correction:v${report.version}` : key };
}

export function describe(
  { description, sourceType }: UsageReport,
  units: number,
  correction: boolean,
): string {
  if (!correction) return description;
  const [more, less] = sourceType === 'call' ? ['longer', 'shorter'] : ['more', 'less'];
  return `${description}: ${units > 0 ? more : less} than first reported`;
}
