import type { RunningPlatform } from './settings';

/** What a person wants to know when the platform is up. */
export function printReady(running: RunningPlatform, demoPassword: string, tookMs: number): void {
  const { url, sandboxUrl, demoEmail } = running;
  process.stdout.write(`
Parley is ready after ${(tookMs / 1000).toFixed(1)} s.

  API              ${url}/v1
  API reference    ${url}/api-docs
  Health           ${url}/health
  Sandbox          ${sandboxUrl}  (simulated providers, what was sent and received)

  Demo login       ${demoEmail} / ${demoPassword}
  Platform admin   admin@parley.test / ${demoPassword}

  Next: in another terminal, \`npm run demo\` drives two calls through it and shows what happened.
  Stop with Ctrl-C.

`);
}
