import type { UsageMeter } from '@parley/contracts';
import type { Grant, Period } from './books.state';

/**
 * What happened in a period that is over and is told only now. It is paid as it would have been then: first by what
 * lapsed of that period's allowance, never by the allowance of another, and what nothing pays for is written off with
 * the period.
 */
export class PastUse {
  private readonly periods = new Map<string, Period>();
  /** Units that lapsed, by grant: what may still pay. */
  private readonly lapsed = new Map<string, number>();
  private readonly known = new Set<string>();

  /** Says in which period a source used a meter. */
  place(sourceKey: string, period: Period): void {
    this.periods.set(keyOf(sourceKey, period.meter), period);
  }

  periodOf(sourceKey: string, meter: UsageMeter): Period | undefined {
    return this.periods.get(keyOf(sourceKey, meter));
  }

  isKnown({ id }: Period): boolean {
    return this.known.has(id);
  }

  /** Units of a period's grants that lapsed before the books were locked. */
  know({ id }: Period, lapsed: readonly { id: string; units: number }[]): void {
    this.known.add(id);
    for (const grant of lapsed) this.lapse(grant.id, grant.units);
  }

  lapse(grantId: string, units: number): void {
    this.lapsed.set(grantId, (this.lapsed.get(grantId) ?? 0) + units);
  }

  /** Takes what lapsed of a grant, as far as it goes. */
  revive({ id }: Grant, units: number): number {
    const left = this.lapsed.get(id) ?? 0;
    const taken = Math.min(units, left);
    this.lapsed.set(id, left - taken);
    return taken;
  }
}

const keyOf = (sourceKey: string, meter: UsageMeter): string => `${sourceKey} ${meter}`;
