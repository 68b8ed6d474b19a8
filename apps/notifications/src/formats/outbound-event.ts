import type {
  CallEndedV1,
  CallEnrichedV1,
  CallStartedV1,
  EventMeta,
  PayloadFormat,
  SmsReceivedV1,
} from '@parley/contracts';
import { OUTBOUND, type OutboundType, TEST_EVENT } from './event-map';

/** What all formats are made from. `at` is when it happened, never when it is sent. */
export type OutboundFact =
  | { kind: 'call'; call: CallStartedV1 | CallEndedV1 | CallEnrichedV1 }
  | { kind: 'message'; message: SmsReceivedV1 }
  | { kind: 'test'; endpointId: string };

export interface OutboundEvent {
  /** `webhook-id`: constant over formats, retries and manual retries. */
  readonly id: string;
  readonly type: OutboundType;
  readonly at: string;
  readonly fact: OutboundFact;
}

/** Bodies as text, serialised once. */
export type Bodies = Partial<Record<PayloadFormat, string>>;

/** One event of ours is one event of theirs: the id follows from ours, so a second delivery of it changes nothing. */
export const wireId = (eventId: string): string => `msg_${eventId.replace(/-/g, '')}`;

export function callStarted(call: CallStartedV1, meta: EventMeta): OutboundEvent {
  return {
    id: wireId(meta.id),
    type: OUTBOUND.callStarted,
    at: call.startedAt,
    fact: { kind: 'call', call },
  };
}

export function callEnded(call: CallEndedV1, meta: EventMeta): OutboundEvent {
  return { id: wireId(meta.id), type: OUTBOUND.callEnded, at: call.endedAt, fact: { kind: 'call', call } };
}

export function callEnriched(call: CallEnrichedV1, meta: EventMeta): OutboundEvent {
  return { id: wireId(meta.id), type: OUTBOUND.callEnriched, at: meta.time, fact: { kind: 'call', call } };
}

export function messageReceived(message: SmsReceivedV1, meta: EventMeta): OutboundEvent {
  return {
    id: wireId(meta.id),
    type: OUTBOUND.messageReceived,
    at: message.receivedAt,
    fact: { kind: 'message', message },
  };
}

export function testOf(endpointId: string, id: string, at: Date): OutboundEvent {
  return { id: wireId(id), type: TEST_EVENT, at: at.toISOString(), fact: { kind: 'test', endpointId } };
}
