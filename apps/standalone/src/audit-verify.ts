import { serviceUrl } from '@parley/persistence';
import { verifyAuditTrail } from '../../identity/src';
import { auditReport } from './audit-report';
import { openPlatformDatabase } from './database';
import { readSettings } from './settings';

/** `npm run audit:verify`: every chain of the audit trail, on DATABASE_URL or the embedded server. */
async function main(): Promise<void> {
  const database = await openPlatformDatabase(readSettings());
  try {
    const { text, exitCode } = auditReport(await verifyAuditTrail(serviceUrl(database.ownerUrl, 'identity')));
    process.stdout.write(text);
    process.exitCode = exitCode;
  } finally {
    await database.stop();
  }
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
});
