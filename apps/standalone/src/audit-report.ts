import type { AuditVerification } from '@parley/contracts';

export interface AuditReport {
  text: string;
  exitCode: 0 | 1;
}

/** What `audit:verify` says: the count of what holds, or where the first chain is broken. */
export function auditReport({ intact, chains, rows, firstBroken }: AuditVerification): AuditReport {
  const counted = `${chains} chains, ${rows} rows hold`;
  if (intact || !firstBroken) return { text: `The audit trail is intact: ${counted}.\n`, exitCode: 0 };
  const { tenantId, seq, fault } = firstBroken;
  const whose = tenantId ? `of tenant ${tenantId}` : 'of the platform';
  return { text: `The chain ${whose} is broken: row ${seq} is ${fault}. ${counted}.\n`, exitCode: 1 };
}
