import type { QuotaLevel, QuotaMeter } from '@parley/contracts';

/** A quota and what counts against it in the meter's open period. */
export interface QuotaStanding {
  readonly id: string;
  /** Null: the company's. */
  readonly userId: string | null;
  readonly meter: QuotaMeter;
  readonly totalMinutes: number;
  readonly usedMinutes: number;
  readonly heldMinutes: number;
  readonly allocatedBy: string | null;
  readonly updatedAt: Date;
}

export const levelOfQuota = ({ userId }: Pick<QuotaStanding, 'userId'>): QuotaLevel =>
  userId === null ? 'company' : 'user';

export const remainingOf = ({ totalMinutes, usedMinutes, heldMinutes }: QuotaStanding): number =>
  Math.max(0, totalMinutes - usedMinutes - heldMinutes);

/** The quota that does not leave room for so many more minutes: the user's is looked at before the company's. */
export function exceededQuota(quotas: readonly QuotaStanding[], minutes: number): QuotaStanding | undefined {
  return [...quotas]
    .sort((a, b) => Number(a.userId === null) - Number(b.userId === null))
    .find((quota) => remainingOf(quota) < minutes);
}
