import type { ServiceName } from '../rpc';

export const SYSTEM_CONFIG_KINDS = ['text', 'integer', 'url', 'secret', 'json'] as const;
export type SystemConfigKind = (typeof SYSTEM_CONFIG_KINDS)[number];

export interface SystemConfigKey {
  /** As the setting is called in the environment, which holds until somebody sets it here. */
  readonly key: string;
  readonly kind: SystemConfigKind;
  readonly description: string;
  /** Services that read it live. None only where `awaits` says which feature will. */
  readonly usedBy: readonly ServiceName[];
  /** Whether the provider can be asked about a value before it is saved. */
  readonly testable: boolean;
  /** The feature that will read it and is not built yet. */
  readonly awaits?: string;
}

const entry =
  (kind: SystemConfigKind) =>
  (
    key: string,
    description: string,
    usedBy: readonly ServiceName[] = [],
    { testable = false, awaits }: { testable?: boolean; awaits?: string } = {},
  ): SystemConfigKey => ({ key, kind, description, usedBy, testable, ...(awaits ? { awaits } : {}) });

const secret = entry('secret');
const integer = entry('integer');
const text = entry('text');
const url = entry('url');

const TESTABLE = { testable: true };

/** Everything the platform's administrators may change while it runs (BR-022). */
export const SYSTEM_CONFIG_KEYS: readonly SystemConfigKey[] = [
  secret('ANTHROPIC_API_KEY', 'Chat answers', ['ai-agents'], TESTABLE),
  secret('OPENROUTER_API_KEY', 'Other language models', [], { awaits: 'a choice of models' }),
  secret('ELEVENLABS_API_KEY', 'Voices and practice sessions', [], { awaits: 'practice sessions' }),
  secret('STRIPE_SECRET_KEY', 'Payments', ['billing'], TESTABLE),
  secret('STRIPE_WEBHOOK_SECRET', "Proves Stripe's webhooks", ['telephony-ingest']),
  secret('RESEND_API_KEY', 'Mails', ['notifications'], TESTABLE),
  text('EMAIL_FROM', 'Sender of mails; its domain is verified with the provider', ['notifications']),
  text('TWILIO_ACCOUNT_SID', "The platform's own Twilio account", ['telephony-ingest'], TESTABLE),
  secret(
    'TWILIO_AUTH_TOKEN',
    "Token of that account; proves Twilio's webhooks",
    ['telephony-ingest'],
    TESTABLE,
  ),
  secret('VAPI_API_KEY', "The platform's own Vapi account", [], { ...TESTABLE, awaits: 'voice agents' }),
  secret('VAPI_WEBHOOK_SECRET', "Proves Vapi's webhooks", ['telephony-ingest']),
  secret('RETELL_API_KEY', "The platform's own Retell account", [], { awaits: 'voice agents' }),
  url('PUBLIC_URL', 'Address under which providers reach us; their signatures cover it', [
    'telephony-ingest',
  ]),
  integer('FREE_CREDITS', 'Granted once, when a tenant is created (BR-031)', ['billing']),
  integer('LOW_CREDITS_THRESHOLD', 'Credits are low under this balance (BR-032)', ['billing']),
  integer('BODY_LIMIT_BYTES', 'Largest body a request may bring', ['gateway']),
  integer('UPLOAD_LIMIT_BYTES', 'Largest file that may be uploaded', [], { awaits: 'uploads' }),
];

export const systemConfigKeysOf = (service: ServiceName): readonly SystemConfigKey[] =>
  SYSTEM_CONFIG_KEYS.filter(({ usedBy }) => usedBy.includes(service));
