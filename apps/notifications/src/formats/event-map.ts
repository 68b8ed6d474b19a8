import { Invalid } from '@parley/contracts';

/** One outbound event in the spelling of each format. */
export interface OutboundType {
  /** Standard Webhooks, and what endpoints subscribe to. */
  readonly standard: string;
  /** Design 002: `call.call-ended`. */
  readonly n8n: string;
  /** Design 004: `call_ended`. */
  readonly flat: string;
  /** Whether `*` covers it; the others go only to endpoints that name them. */
  readonly inAll: boolean;
}

/** The whole vocabulary: a further event is one entry here, one payload, one handler. */
export const OUTBOUND = {
  callStarted: { standard: 'call.started', n8n: 'call.call-started', flat: 'call_started', inAll: true },
  callEnded: { standard: 'call.ended', n8n: 'call.call-ended', flat: 'call_ended', inAll: true },
  callEnriched: { standard: 'call.enriched', n8n: 'call.call-enriched', flat: 'call_enriched', inAll: false },
  messageReceived: {
    standard: 'message.received',
    n8n: 'message.message-received',
    flat: 'sms_received',
    inAll: true,
  },
} as const satisfies Record<string, OutboundType>;

/** Sent on demand, whatever the endpoint subscribes to. */
export const TEST_EVENT: OutboundType = {
  standard: 'webhook.test',
  n8n: 'webhook.webhook-test',
  flat: 'webhook_test',
  inAll: false,
};

export const ALL_EVENTS = '*';

const TYPES: readonly OutboundType[] = Object.values(OUTBOUND);

/**
 * Subscriptions in canonical spelling, without repeats.
 * @throws Invalid naming what nobody sends
 */
export function subscriptionsOf(names: readonly string[]): string[] {
  const found = names.map((name, index) => {
    if (name === ALL_EVENTS) return name;
    const type = TYPES.find(({ standard, n8n, flat }) => [standard, n8n, flat].includes(name));
    if (type) return type.standard;
    const known = TYPES.map(({ standard }) => standard).join(', ');
    throw new Invalid('Invalid input: events', [
      { field: `events.${index}`, message: `must be * or one of ${known}` },
    ]);
  });
  if (found.length === 0) {
    throw new Invalid('Invalid input: events', [
      { field: 'events', message: 'must name at least one event' },
    ]);
  }
  return [...new Set(found)];
}
