import type { Impersonation } from '@parley/contracts';
import type { ImpersonationRow } from './impersonation.repository';

export const toImpersonation = ({ sessionId: _own, ...row }: ImpersonationRow): Impersonation => ({
  ...row,
  startedAt: row.startedAt.toISOString(),
  expiresAt: row.expiresAt.toISOString(),
  endedAt: row.endedAt?.toISOString() ?? null,
});
