import type { OutboundEvent, OutboundFact } from './outbound-event';

/**
 * Design 002's payload without its signature; keys in the design's order. The signature covers exactly this text
 * and is put in as the last field when it is sent (C-47).
 */
export function n8nBody({ type, at, fact }: OutboundEvent): string {
  const [, name = type.n8n] = type.n8n.split('.', 2);
  return JSON.stringify({
    eventId: `${sourceOf(fact)}:${name}:${Date.parse(at)}`,
    eventType: type.n8n,
    timestamp: at,
    data: dataOf(fact),
  });
}

/** `{…}` with `signature` as its last field. */
export function withSignature(body: string, signature: string): string {
  return `${body.slice(0, -1)},"signature":${JSON.stringify(signature)}}`;
}

function sourceOf(fact: OutboundFact): string {
  switch (fact.kind) {
    case 'call':
      return `${fact.call.provider}:${fact.call.providerCallId}`;
    case 'message':
      return `sms:${fact.message.providerMessageId}`;
    case 'test':
      return `parley:${fact.endpointId}`;
  }
}

function dataOf(fact: OutboundFact): object {
  switch (fact.kind) {
    case 'call':
      return callData(fact.call);
    case 'message': {
      const { messageId, from, to, body, segments } = fact.message;
      return { direction: 'inbound', from, to, status: 'received', messageId, body, segments };
    }
    case 'test':
      return { message: 'This is a test.' };
  }
}

function callData(call: Extract<OutboundFact, { kind: 'call' }>['call']): object {
  const { direction, from, to, aiHandled, provider, providerCallId } = call;
  const common = { direction, from, to };
  if (!('endedAt' in call)) {
    const vapi = provider === 'vapi' ? { vapi: { callId: providerCallId } } : {};
    return { ...common, status: 'in_progress', aiHandled, ...vapi };
  }
  const { status, durationSeconds, transcript, outcome, summary, structuredData } = call;
  return {
    ...common,
    status,
    duration: durationSeconds,
    aiHandled,
    transcript,
    outcome: outcome?.toUpperCase() ?? null,
    ...(provider === 'vapi' ? { vapi: { callId: providerCallId, summary, structuredData } } : {}),
  };
}
