import type { CallDirection } from '@parley/contracts';
import type { CallObservation, JournalledEvent } from '../../observations';
import { MalformedPayload } from '../normalise.errors';
import { type Fields, fieldsOf, instantOf, isFields, partyOf, textOf, wordOf } from '../normalise-reading';

/** A server message, with what all of them say of their call. */
export interface VapiMessage {
  readonly fields: Fields;
  readonly call: Fields;
  readonly base: Omit<CallObservation, 'eventId' | 'eventType'>;
}

/** Vapi asks who answers for calls that come in, and for no others. */
const ASKS_WHO_ANSWERS = 'assistant-request';

/** A web or websocket call is a person coming to us. */
const DIRECTION: Readonly<Record<string, CallDirection>> = {
  inboundPhoneCall: 'inbound',
  outboundPhoneCall: 'outbound',
  webCall: 'inbound',
  'vapi.websocketCall': 'inbound',
};

/**
 * Vapi names no caller and called: the other party is the customer, ours is the phone number, and the type of
 * the call says which called which. `call.status` is stale at times and never read.
 *
 * @throws MalformedPayload when there is no call id
 */
export function aboutCall(fields: Fields, event: JournalledEvent): Omit<VapiMessage, 'fields'> {
  const call = fieldsOf(fields.call);
  const providerCallId = wordOf(call.id);
  if (!providerCallId) throw new MalformedPayload('vapi: call.id is missing');
  const asks = textOf(fields.type) === ASKS_WHO_ANSWERS;
  const direction = DIRECTION[textOf(call.type) ?? ''] ?? (asks ? 'inbound' : undefined);
  const theirs = partyIn(fields.customer, call.customer);
  const ours = partyIn(fields.phoneNumber, call.phoneNumber);
  const [from, to] = direction === 'outbound' ? [ours, theirs] : [theirs, ours];
  const providerAgentId = wordOf(call.assistantId) ?? wordOf(fieldsOf(fields.assistant).id);
  return {
    call,
    base: {
      about: 'call',
      provider: 'vapi',
      providerCallId,
      occurredAt: instantOf(fields.timestamp) ?? event.receivedAt,
      aiHandled: true,
      ...(direction ? { direction } : {}),
      ...(direction && from ? { from } : {}),
      ...(direction && to ? { to } : {}),
      ...(providerAgentId ? { providerAgentId } : {}),
    },
  };
}

function partyIn(...holders: unknown[]): string | undefined {
  for (const holder of holders) {
    const party = isFields(holder) ? partyOf(holder.number ?? holder.sipUri) : undefined;
    if (party) return party;
  }
  return undefined;
}
