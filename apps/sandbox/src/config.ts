import { randomBytes } from 'node:crypto';
import type { SandboxConfig } from './sandbox';
import { VAPI_AUTH_MODES, type VapiAuthMode } from './vapi/vapi-auth';

export interface SandboxSettings extends SandboxConfig {
  host: string;
  /** Secrets nobody gave, made for this run: the receiving side must be told. */
  generated: Record<string, string>;
}

const DEFAULT_PORT = 4010;

/** Reads the environment once; all faults come in one message. */
export function readSandboxSettings(env: NodeJS.ProcessEnv): SandboxSettings {
  const faults: string[] = [];
  const generated: Record<string, string> = {};
  const text = (name: string): string | undefined => env[name]?.trim() || undefined;
  const secret = (name: string): string => {
    const given = text(name);
    if (given !== undefined) return given;
    return (generated[name] = randomBytes(24).toString('hex'));
  };
  const whole = (name: string, otherwise: number, limit: number): number => {
    const given = text(name);
    if (given === undefined) return otherwise;
    const value = Number(given);
    if (Number.isInteger(value) && value >= 0 && value <= limit) return value;
    faults.push(`${name} must be a whole number from 0 to ${limit}`);
    return otherwise;
  };
  const mode = text('SANDBOX_VAPI_AUTH_MODE') ?? 'hmac';
  if (!isAuthMode(mode)) faults.push(`SANDBOX_VAPI_AUTH_MODE must be one of ${VAPI_AUTH_MODES.join(', ')}`);

  const settings: SandboxSettings = {
    port: whole('SANDBOX_PORT', DEFAULT_PORT, 65_535),
    host: text('SANDBOX_HOST') ?? '127.0.0.1',
    twilioAuthToken: secret('TWILIO_AUTH_TOKEN'),
    vapiSecret: secret('VAPI_WEBHOOK_SECRET'),
    stripeWebhookSecret: secret('STRIPE_WEBHOOK_SECRET'),
    vapiAuthMode: isAuthMode(mode) ? mode : 'hmac',
    ...optional('vapiApiKey', text('SANDBOX_VAPI_API_KEY')),
    ...optional('anthropicApiKey', text('SANDBOX_ANTHROPIC_API_KEY')),
    ...optional('resendApiKey', text('SANDBOX_RESEND_API_KEY')),
    ...optional('stripeApiKey', text('SANDBOX_STRIPE_API_KEY')),
    ...optional('stripeWebhookUrl', text('SANDBOX_STRIPE_WEBHOOK_URL')),
    ...optional('publicUrl', text('SANDBOX_PUBLIC_URL')?.replace(/\/+$/, '')),
    anthropicPace: {
      ...optional('firstTokenDelayMs', whole('SANDBOX_FIRST_TOKEN_DELAY_MS', 30, 600_000)),
      ...optional('chunkDelayMs', whole('SANDBOX_CHUNK_DELAY_MS', 10, 600_000)),
    },
    logger: text('SANDBOX_LOG') === 'requests',
    generated,
  };
  if (faults.length > 0) throw new Error(`The sandbox cannot start:\n- ${faults.join('\n- ')}`);
  return settings;
}

function isAuthMode(mode: string): mode is VapiAuthMode {
  return VAPI_AUTH_MODES.some((known) => known === mode);
}

function optional<Name extends string, Value>(
  name: Name,
  value: Value | undefined,
): Partial<Record<Name, Value>> {
  return value === undefined ? {} : ({ [name]: value } as Record<Name, Value>);
}
