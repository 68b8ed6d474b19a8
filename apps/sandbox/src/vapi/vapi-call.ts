import { createHash } from 'node:crypto';
import type { VapiAuth } from './vapi-auth';
import { appointmentDialogue, type Dialogue } from './vapi-dialogue';

export interface VapiCall {
  callId: string;
  auth: VapiAuth;
  type: 'inboundPhoneCall' | 'outboundPhoneCall';
  from: string;
  to: string;
  customerName: string;
  /** Talking time; 0 means that nobody answered. */
  durationSeconds: number;
  createdAt: Date;
  endedReason: string;
  /** Given when the number has a fixed assistant; then no assistant-request is sent. */
  assistantId: string | null;
  dialogue: Dialogue;
  /** Adds a `hang`: the assistant was slow to answer (not a hang-up). */
  hang: boolean;
  /** Adds the fields the schema no longer names: `summary`, `transcript`, `durationSeconds`… at the top. */
  legacyFields: boolean;
}

export type VapiCallInput = Pick<VapiCall, 'callId' | 'auth' | 'from' | 'to'> &
  Partial<Omit<VapiCall, 'dialogue'>> & { dialogue?: Partial<Dialogue> };

/** What the platform answered while the call went on. */
export interface Heard {
  /** Null when the platform gave none. */
  assistantId: string | null;
  /** Undefined while no tool was called. */
  toolResult?: string;
}

/** From the ring to the answer. */
export const VAPI_RING_SECONDS = 3;

export function vapiCall(input: VapiCallInput): VapiCall {
  const durationSeconds = input.durationSeconds ?? 133;
  const customerName = input.customerName ?? 'Élise Bélanger';
  const createdAt =
    input.createdAt ?? new Date(Date.now() - (durationSeconds + VAPI_RING_SECONDS + 1) * 1000);
  return {
    type: 'inboundPhoneCall',
    endedReason: durationSeconds === 0 ? 'customer-did-not-answer' : 'customer-ended-call',
    assistantId: null,
    hang: false,
    legacyFields: false,
    ...input,
    customerName,
    durationSeconds,
    createdAt,
    dialogue: { ...appointmentDialogue(customerName, createdAt), ...input.dialogue },
  };
}

/** Vapi knows no "from" and "to": one number is ours, the other is the customer's. */
export function ourNumber(call: VapiCall): string {
  return call.type === 'inboundPhoneCall' ? call.to : call.from;
}

export function customerNumber(call: VapiCall): string {
  return call.type === 'inboundPhoneCall' ? call.from : call.to;
}

/** `share` 0 is the answer, 1 the end of the call. */
export function momentOf(call: VapiCall, share: number): Date {
  return new Date(call.createdAt.getTime() + (VAPI_RING_SECONDS + share * call.durationSeconds) * 1000);
}

/** A uuid that is the same for the same seed. */
export function uuidFrom(seed: string): string {
  const hex = createHash('md5').update(seed).digest('hex');
  return [
    hex.slice(0, 8),
    hex.slice(8, 12),
    `4${hex.slice(13, 16)}`,
    `8${hex.slice(17, 20)}`,
    hex.slice(20, 32),
  ].join('-');
}
