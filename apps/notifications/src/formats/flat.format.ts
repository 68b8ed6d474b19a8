import type { OutboundEvent, OutboundFact } from './outbound-event';

/** Design 004's payload: one level, snake case, as Zapier and its kin like it. */
export function flatBody({ type, at, fact }: OutboundEvent): string {
  return JSON.stringify({ event: type.flat, timestamp: at, data: dataOf(fact) });
}

function dataOf(fact: OutboundFact): object {
  switch (fact.kind) {
    case 'call':
      return callData(fact.call);
    case 'message': {
      const { messageId, from, to, body, receivedAt } = fact.message;
      return { message_id: messageId, from_phone: from, to_phone: to, body, received_at: receivedAt };
    }
    case 'test':
      return { endpoint_id: fact.endpointId, message: 'This is a test.' };
  }
}

function callData(call: Extract<OutboundFact, { kind: 'call' }>['call']): object {
  const { callId, provider, direction, from, to, aiHandled, startedAt } = call;
  const inbound = direction === 'inbound';
  const common = {
    call_id: callId,
    provider,
    direction,
    caller_phone: from,
    called_phone: to,
    customer_phone: inbound ? from : to,
    ai_handled: aiHandled,
    started_at: startedAt,
  };
  if (!('endedAt' in call)) return common;
  const { status, durationSeconds, outcome, transcript, summary, language, endedAt } = call;
  return {
    ...common,
    status,
    duration_seconds: durationSeconds,
    outcome,
    transcript,
    summary,
    language,
    ended_at: endedAt,
  };
}
