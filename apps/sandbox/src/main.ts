import { readSandboxSettings } from './config';
import { startSandbox } from './sandbox';

async function main(): Promise<void> {
  const { generated, ...config } = readSandboxSettings(process.env);
  const sandbox = await startSandbox(config);
  process.stdout.write(`sandbox ready at ${sandbox.url}\n`);
  for (const [name, secret] of Object.entries(generated)) {
    process.stdout.write(`generated ${name}=${secret}\n`);
  }
  let closing = false;
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.on(signal, () => {
      if (closing) return;
      closing = true;
      void sandbox.close().then(() => process.exit(0));
    });
  }
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});
