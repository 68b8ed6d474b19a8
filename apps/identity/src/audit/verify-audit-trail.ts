import type { AuditVerification } from '@parley/contracts';
import { openDatabase } from '@parley/persistence';
import { AuditVerifier } from './audit-verifier';
import { AuditRepository } from './audit.repository';

/**
 * Reads every chain without a running service, for operators.
 * @param url of identity's role
 */
export async function verifyAuditTrail(url: string): Promise<AuditVerification> {
  const database = await openDatabase({ service: 'identity', url, poolSize: 1 });
  try {
    return await new AuditVerifier(database, new AuditRepository(database)).verify();
  } finally {
    await database.dataSource.destroy();
  }
}
