import type { OpsAlertRaisedV1 } from '@parley/contracts';

export type OpsAlert = OpsAlertRaisedV1 & { readonly id: string };

/** Tries at Slack in all (WO-04). */
export const MAX_ATTEMPTS = 3;
