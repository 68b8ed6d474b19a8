import { type RunningSandbox, startSandbox } from '../../sandbox/src';
import type { LocalSecrets, Settings } from './settings';

/** The simulated providers, holding the secrets the demo tenant's connections are given. */
export function startLocalSandbox(settings: Settings, secrets: LocalSecrets): Promise<RunningSandbox> {
  return startSandbox({
    port: settings.SANDBOX_PORT,
    twilioAuthToken: secrets.twilioAuthToken,
    vapiSecret: secrets.vapiSecret,
  });
}
