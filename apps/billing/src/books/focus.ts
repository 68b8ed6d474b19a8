import type { UsageMeter } from '@parley/contracts';

/** What of the books a change needs to see beside the balances. */
export interface Focus {
  /** What is used or held, such as `call:<id>`. */
  readonly sourceKey?: string;
  readonly naturalKeys?: readonly string[];
  /** Grants to see though nothing is left of them, by source key. */
  readonly grants?: readonly string[];
  /** Meters that are about to be used or held: their periods must be open. */
  readonly meters?: readonly UsageMeter[];
  /** When the source used what is told of it now. */
  readonly usedAt?: Date;
  /** Holds that nobody ended in time. */
  readonly forgottenHolds?: boolean;
}

/** What several changes of one tenant need to see. */
export interface WideFocus {
  readonly sourceKeys: readonly string[];
  readonly naturalKeys: readonly string[];
  readonly grants: readonly string[];
  readonly forgottenHolds: boolean;
}

export function allOf(changes: readonly { readonly focus: Focus }[]): WideFocus {
  const focuses = changes.map(({ focus }) => focus);
  return {
    sourceKeys: [...new Set(focuses.flatMap(({ sourceKey }) => sourceKey ?? []))],
    naturalKeys: focuses.flatMap(({ naturalKeys = [] }) => naturalKeys),
    grants: focuses.flatMap(({ grants = [] }) => grants),
    forgottenHolds: focuses.some(({ forgottenHolds }) => forgottenHolds),
  };
}
