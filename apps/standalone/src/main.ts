import { Logger } from '@nestjs/common';
import { requireNode, useLogger } from '@parley/platform';
import { startPlatform } from './platform';
import { printReady } from './ready-message';
import { readSettings } from './settings';

async function main(): Promise<void> {
  requireNode();
  const startedAt = performance.now();
  const settings = readSettings();
  useLogger(settings.LOG_LEVEL);
  const platform = await startPlatform(settings);
  printReady(platform.running, platform.demoPassword, performance.now() - startedAt);
  let stopping = false;
  const stop = (): void => {
    if (stopping) process.exit(130);
    stopping = true;
    process.stdout.write('\nStopping: finishing what runs. Press Ctrl-C again to stop at once.\n');
    platform.close().then(
      () => process.exit(0),
      () => process.exit(1),
    );
  };
  process.on('SIGINT', stop);
  process.on('SIGTERM', stop);
}

main().catch((error: unknown) => {
  new Logger('Parley').fatal({ err: error }, 'cannot start');
  process.stderr.write(`\nParley cannot start: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
});
