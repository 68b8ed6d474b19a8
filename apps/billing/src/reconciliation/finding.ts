import type { FindingKind, FindingOutcome } from '@parley/contracts';

/** A difference between what is written down and what should be. */
export interface Finding {
  readonly kind: FindingKind;
  readonly tenantId: string | null;
  readonly meter: string | null;
  /** Names what is wrong; of one kind it is found once per run. */
  readonly subject: string;
  readonly found: number;
  readonly expected: number;
  readonly outcome: FindingOutcome;
  readonly before: Readonly<Record<string, unknown>> | null;
  readonly after: Readonly<Record<string, unknown>> | null;
}

type Figures = Pick<Finding, 'found' | 'expected'>;

/** C-80: in hundredths of a percent of what should be; where that is nothing, of 1. */
export const basisPointsOf = ({ found, expected }: Figures): number =>
  Math.round((Math.abs(found - expected) * 10_000) / Math.max(Math.abs(expected), 1));

export const isFlagged = (finding: Figures, thresholdPct: number): boolean =>
  basisPointsOf(finding) > thresholdPct * 100;

/**
 * Under which key operations hear of it. What nobody repaired is told once however many nights find it the same; what
 * was repaired and comes back is told again.
 */
export function alertKeyOf(
  { kind, tenantId, subject, found, expected, outcome }: Finding,
  runId: string,
): string {
  const what = `reconciliation:${kind}:${tenantId ?? 'platform'}:${subject}`.slice(0, 200);
  return outcome === 'repaired' ? `${what}:${runId}` : `${what}:${found}:${expected}`;
}
