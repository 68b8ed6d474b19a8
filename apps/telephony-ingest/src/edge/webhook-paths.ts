import type { WebhookProvider } from '@parley/contracts';

export interface WebhookPath {
  readonly path: string;
  readonly provider: WebhookProvider;
  /** What the path says about the event, where the event itself may not. */
  readonly step?: 'voice' | 'sms' | 'recording' | 'status' | 'transcription';
  /** Design 002's alias, where its generic `sha256=` signature is accepted beside the provider's own. */
  readonly generic?: true;
}

const TWILIO_STEPS = ['voice', 'sms', 'recording', 'status', 'transcription'] as const;

/** Every path at which a provider may call; all take POST. */
export const PROVIDER_PATHS: readonly WebhookPath[] = [
  { path: '/v1/webhooks/twilio', provider: 'twilio' },
  ...TWILIO_STEPS.map((step) => ({ path: `/v1/webhooks/twilio/${step}`, provider: 'twilio' as const, step })),
  { path: '/v1/webhooks/vapi', provider: 'vapi' },
  { path: '/webhooks/twilio', provider: 'twilio', generic: true },
  ...TWILIO_STEPS.map((step) => ({ path: `/webhooks/twilio/${step}`, provider: 'twilio' as const, step })),
  { path: '/webhooks/vapi', provider: 'vapi', generic: true },
  ...['/v1/webhooks/stripe', '/stripe-webhook', '/billing/webhook/stripe', '/api/webhooks/stripe'].map(
    (path) => ({ path, provider: 'stripe' as const }),
  ),
  { path: '/twilio/voice', provider: 'twilio', step: 'voice' },
  { path: '/twilio/sms', provider: 'twilio', step: 'sms' },
];

const BY_PATH = new Map(PROVIDER_PATHS.map((entry) => [entry.path, entry]));

export function findWebhookPath(pathname: string): WebhookPath | undefined {
  return BY_PATH.get(pathname) ?? BY_PATH.get(pathname.replace(/\/+$/, ''));
}
