import { readIdentityConfig } from './config';
import { rotateSigningKey, rotationReport } from './keys/rotate-signing-key';

/** `node dist/apps/identity/src/rotate-key.js [--now]` beside a running service, with its environment. */
async function main(): Promise<void> {
  const config = readIdentityConfig();
  if (!config.DATABASE_URL) throw new Error('DATABASE_URL is not set');
  const immediately = process.argv.includes('--now');
  process.stdout.write(rotationReport(await rotateSigningKey(config.DATABASE_URL, config, immediately)));
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
});
