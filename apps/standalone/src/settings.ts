import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type ConfigOf, optionalText, optionalUrl, port, readConfig, secret } from '@parley/platform';
import { z } from 'zod';

/** What `npm start` itself reads; the services get the rest of the environment as it is. */
const shape = {
  NODE_ENV: optionalText(),
  PORT: port(3000),
  TELEPHONY_PORT: port(3001),
  SANDBOX_PORT: port(4010),
  /** An owner of the database; embedded PostgreSQL when unset. */
  DATABASE_URL: secret(optionalUrl()),
  /** Messages stay in this process when unset. */
  RABBITMQ_URL: secret(optionalUrl()),
  DATA_DIR: z.preprocess((value) => (value === '' ? undefined : value), z.string().default('.data')),
  DEMO_PASSWORD: secret(optionalText()),
  ENCRYPTION_KEY: secret(optionalText()),
  LOG_LEVEL: z.preprocess((value) => (value === '' ? undefined : value), z.string().default('warn')),
};

export type Settings = ConfigOf<typeof shape>;

export const readSettings = (): Settings => readConfig('Parley', shape, process.env);

/** The environment the services inherit. */
export const inheritedEnv = (): Record<string, string | undefined> => ({ ...process.env });

/** Secrets of this installation: made once, kept beside the data, readable by their owner only. */
export interface LocalSecrets {
  encryptionKey: string;
  configExchangeKey: string;
  demoPassword: string;
  twilioAuthToken: string;
  vapiSecret: string;
  webhookSecret: string;
  stripeWebhookSecret: string;
}

export function localSecrets(settings: Settings): LocalSecrets {
  const file = join(settings.DATA_DIR, 'secrets.json');
  const kept = existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Partial<LocalSecrets>) : {};
  const secrets: LocalSecrets = {
    encryptionKey: kept.encryptionKey ?? randomBytes(32).toString('base64'),
    configExchangeKey: kept.configExchangeKey ?? randomBytes(32).toString('base64'),
    demoPassword: kept.demoPassword ?? randomBytes(12).toString('base64url'),
    twilioAuthToken: kept.twilioAuthToken ?? randomBytes(16).toString('hex'),
    vapiSecret: kept.vapiSecret ?? randomBytes(24).toString('hex'),
    webhookSecret: kept.webhookSecret ?? randomBytes(24).toString('hex'),
    stripeWebhookSecret: kept.stripeWebhookSecret ?? randomBytes(24).toString('hex'),
  };
  mkdirSync(settings.DATA_DIR, { recursive: true });
  writeFileSync(file, `${JSON.stringify(secrets, null, 2)}\n`, { mode: 0o600 });
  return {
    ...secrets,
    ...(settings.ENCRYPTION_KEY ? { encryptionKey: settings.ENCRYPTION_KEY } : {}),
    ...(settings.DEMO_PASSWORD ? { demoPassword: settings.DEMO_PASSWORD } : {}),
  };
}

/** Where a running platform can be found; `npm run demo` reads it. */
export interface RunningPlatform {
  url: string;
  webhookUrl: string;
  sandboxUrl: string;
  demoEmail: string;
}

const runningFile = (dataDir: string): string => join(dataDir, 'running.json');

export function announce(dataDir: string, running: RunningPlatform): void {
  writeFileSync(runningFile(dataDir), `${JSON.stringify(running, null, 2)}\n`);
}

export function findRunning(dataDir: string): RunningPlatform | undefined {
  const file = runningFile(dataDir);
  return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as RunningPlatform) : undefined;
}
