import type { ServiceName } from '../rpc';

export const SYSTEM_CONFIG_KINDS = ['text', 'integer', 'url', 'secret', 'json'] as const;
export type SystemConfigKind = (typeof SYSTEM_CONFIG_KINDS)[number];

export interface SystemConfigKey {
  /** As the setting is called in the environment, which holds until somebody sets it here. */
  readonly key: string;
  readonly kind: SystemConfigKind;
  readonly description: string;
  /** Services that read it live. None: kept for a feature that does not read it yet. */
  readonly usedBy: readonly ServiceName[];
  /** Whether the provider can be asked about a value before it is saved. */
  readonly testable: boolean;
}

const entry =
  (kind: SystemConfigKind) =>
  (
    key: string,
    description: string,
    usedBy: readonly ServiceName[] = [],
    { testable = false } = {},
  ): SystemConfigKey => ({ key, kind, description, usedBy, testable });

const secret = entry('secret');
const integer = entry('integer');
const text = entry('text');
const url = entry('url');
const json = entry('json');

const TESTABLE = { testable: true };

/** Everything the platform's administrators may change while it runs (BR-022). */
export const SYSTEM_CONFIG_KEYS: readonly SystemConfigKey[] = [
  secret('ANTHROPIC_API_KEY', 'Chat answers', ['ai-agents'], TESTABLE),
  secret('OPENROUTER_API_KEY', 'Other language models'),
  secret('ELEVENLABS_API_KEY', 'Voices and practice sessions'),
  secret('STRIPE_SECRET_KEY', 'Payments', [], TESTABLE),
  secret('STRIPE_WEBHOOK_SECRET', "Proves Stripe's webhooks", ['telephony-ingest']),
  secret('RESEND_API_KEY', 'Mails', ['notifications'], TESTABLE),
  text('EMAIL_FROM', 'Sender of mails; its domain is verified with the provider', ['notifications']),
  text('TWILIO_ACCOUNT_SID', "The platform's own Twilio account", ['telephony-ingest']),
  secret(
    'TWILIO_AUTH_TOKEN',
    "Token of that account; proves Twilio's webhooks",
    ['telephony-ingest'],
    TESTABLE,
  ),
  secret('VAPI_API_KEY', "The platform's own Vapi account", [], TESTABLE),
  secret('VAPI_WEBHOOK_SECRET', "Proves Vapi's webhooks", ['telephony-ingest']),
  secret('RETELL_API_KEY', "The platform's own Retell account"),
  url('PUBLIC_URL', 'Address under which providers reach us; their signatures cover it', [
    'telephony-ingest',
  ]),
  url('OPS_WEBHOOK_URL', 'Where alerts for operators are posted'),
  json('WEBHOOK_URLS', 'Further webhook addresses of the platform, by name'),
  integer('CREDIT_PRICE_CENTS', 'Price of one credit in cents (BR-050)'),
  integer('FREE_CREDITS', 'Granted once, when a tenant is created (BR-031)', ['billing']),
  integer('LOW_CREDITS_THRESHOLD', 'Credits are low under this balance (BR-032)', ['billing']),
  integer('BODY_LIMIT_BYTES', 'Largest body a request may bring', ['gateway']),
  integer('UPLOAD_LIMIT_BYTES', 'Largest file that may be uploaded'),
];

export const systemConfigKeysOf = (service: ServiceName): readonly SystemConfigKey[] =>
  SYSTEM_CONFIG_KEYS.filter(({ usedBy }) => usedBy.includes(service));
