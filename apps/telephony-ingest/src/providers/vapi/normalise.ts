import type { CallStatus } from '@parley/contracts';
import { outcomeOf } from '../../calls/call-outcome';
import type { CallObservation, JournalledEvent, Normaliser } from '../../observations';
import { MalformedPayload } from '../normalise.errors';
import {
  type Fields,
  fieldsOf,
  instantOf,
  isFields,
  listOf,
  readJson,
  textOf,
  wordOf,
} from '../normalise-reading';
import { observeEndOfCall, statusOfEnd, timesOf } from './normalise-report';
import { aboutCall, type VapiMessage } from './normalise-message';

type Reader = (message: VapiMessage, event: JournalledEvent) => CallObservation[];

const READERS: Readonly<Record<string, Reader>> = {
  'assistant-request': (message) => [observe(message, 'assistant-request', '', { status: 'ringing' })],
  'status-update': observeStatus,
  transcript: observeLine,
  'tool-calls': observeToolCalls,
  'function-call': observeToolCalls,
  // The assistant was slow to answer: not a hang-up.
  hang: (message, event) => [observe(message, 'hang', momentKey(message, event), { status: 'in_progress' })],
  'transfer-destination-request': (message, event) => [
    observe(message, 'transfer-destination-request', momentKey(message, event), { status: 'in_progress' }),
  ],
  'end-of-call-report': (message) => [observeEndOfCall(message)],
};

/** Server messages of Vapi. Kinds without a reader repeat what others say, and rest as ignored. */
export const normaliseVapi: Normaliser = (event) => {
  const body = readJson(event);
  const fields = isFields(body.message) ? body.message : body;
  const type = textOf(fields.type);
  if (!type) throw new MalformedPayload('vapi: message has no type');
  // Filtered subscriptions repeat their filter in the type: transcript[transcriptType="final"].
  const read = READERS[type.replace(/\[.*$/s, '')];
  return read ? read({ fields, ...aboutCall(fields, event) }, event) : [];
};

const STATUS: Readonly<Record<string, CallStatus>> = {
  queued: 'queued',
  ringing: 'ringing',
  'in-progress': 'in_progress',
  forwarding: 'in_progress',
};

function observeStatus(message: VapiMessage): CallObservation[] {
  const told = textOf(message.fields.status) ?? '';
  if (told === 'ended') return [observeEnd(message)];
  const status = STATUS[told];
  if (!status) return [];
  const startedAt = instantOf(message.call.startedAt) ?? message.base.occurredAt;
  const answered = status === 'in_progress' && told !== 'forwarding' ? { startedAt } : {};
  const destination = fieldsOf(message.fields.destination);
  const forwarded = told === 'forwarding';
  return [
    observe(message, 'status-update', told, {
      status,
      ...answered,
      ...(forwarded ? outcomeOf({ forwarded }) : {}),
      details: {
        status: told,
        ...(forwarded ? { destination: wordOf(destination.number ?? destination.sipUri) } : {}),
      },
    }),
  ];
}

/** The line is down; what is needed to charge and report the call comes with the end-of-call report. */
function observeEnd(message: VapiMessage): CallObservation {
  const { status, endedReason } = statusOfEnd(message);
  return observe(message, 'status-update', 'ended', {
    status,
    ...timesOf(message),
    ...(endedReason ? { endedReason } : {}),
    ...outcomeOf({ status, endedReason }),
    details: { status: 'ended', endedReason },
  });
}

function observeLine(message: VapiMessage, event: JournalledEvent): CallObservation[] {
  const { fields } = message;
  const isFinal = fields.transcriptType === 'final' || /final/.test(textOf(fields.type) ?? '');
  const text = textOf(fields.transcript);
  if (!isFinal || !text) return [];
  const speaker = fields.role === 'user' ? 'user' : 'agent';
  const lineId = `${momentKey(message, event)}:${speaker}`;
  return [
    observe(message, 'transcript', lineId, {
      status: 'in_progress',
      transcriptLine: { lineId, speaker, text },
    }),
  ];
}

/** Three shapes: OpenAI's with arguments as text or object, and a flat one; and one call in the legacy event. */
function observeToolCalls(message: VapiMessage, event: JournalledEvent): CallObservation[] {
  const { fields } = message;
  const calls = isFields(fields.functionCall) ? [fields.functionCall] : listOf(fields.toolCallList);
  const tools = calls.map(fieldsOf).map((call: Fields) => ({
    id: wordOf(call.id),
    name: wordOf(fieldsOf(call.function).name ?? call.name),
  }));
  const key = tools[0]?.id ?? momentKey(message, event);
  return [observe(message, 'tool-calls', key, { status: 'in_progress', details: { tools } })];
}

function observe(
  message: VapiMessage,
  eventType: string,
  key: string,
  told: Partial<CallObservation>,
): CallObservation {
  const { base } = message;
  const eventId = ['vapi', base.providerCallId, eventType, ...(key ? [key] : [])].join(':');
  return { ...base, eventId, eventType, ...told };
}

/** The provider's own time of the event; without one, the journal entry tells repetitions apart. */
const momentKey = ({ fields }: VapiMessage, event: JournalledEvent): string =>
  instantOf(fields.timestamp)?.getTime().toString() ?? event.id;
