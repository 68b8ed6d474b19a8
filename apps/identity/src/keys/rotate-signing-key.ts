import { newId, runAs, systemCaller } from '@parley/contracts';
import { openDatabase } from '@parley/persistence';
import { AuditRepository } from '../audit/audit.repository';
import { AuditTrail } from '../audit/audit-trail';
import type { IdentityConfig } from '../config';
import { type KeyRotated, KeyRotation } from './key-rotation.service';
import { SigningKeyRepository } from './signing-key.repository';
import { SigningKeys } from './signing-keys.service';

/**
 * Begins a rotation without a running service, for operators.
 * @param url of identity's role
 */
export async function rotateSigningKey(
  url: string,
  masterKeys: Pick<IdentityConfig, 'ENCRYPTION_KEY' | 'ENCRYPTION_KEYS_OLD'>,
  immediately: boolean,
): Promise<KeyRotated> {
  const database = await openDatabase({ service: 'identity', url, poolSize: 1 });
  try {
    const rows = new SigningKeyRepository(database);
    const keys = new SigningKeys(masterKeys, database, rows);
    const audit = new AuditTrail(new AuditRepository(database));
    const rotation = new KeyRotation(database, rows, keys, audit);
    return await runAs(systemCaller(`operator-${newId()}`), () => rotation.begin(immediately));
  } finally {
    await database.dataSource.destroy();
  }
}

/** What an operator is told. */
export function rotationReport({ outcome, kid = '' }: KeyRotated): string {
  return outcome === 'announced'
    ? `signing key ${kid} is published; it signs in 24 hours\n`
    : `signing key ${kid} signs now; the one before it stays published for two hours\n`;
}
