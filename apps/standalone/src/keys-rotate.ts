import { serviceUrl } from '@parley/persistence';
import { rotateSigningKey, rotationReport } from '../../identity/src';
import { openPlatformDatabase } from './database';
import { inheritedEnv, localSecrets, readSettings } from './settings';

/** `npm run keys:rotate [-- --now]`: the next signing key of access tokens, on DATABASE_URL or the embedded server. */
async function main(): Promise<void> {
  const settings = readSettings();
  const former = inheritedEnv()['ENCRYPTION_KEYS_OLD'] ?? '';
  const database = await openPlatformDatabase(settings);
  try {
    const rotated = await rotateSigningKey(
      serviceUrl(database.ownerUrl, 'identity'),
      {
        ENCRYPTION_KEY: localSecrets(settings).encryptionKey,
        ENCRYPTION_KEYS_OLD: former.split(',').filter(Boolean),
      },
      process.argv.includes('--now'),
    );
    process.stdout.write(rotationReport(rotated));
  } finally {
    await database.stop();
  }
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
});
