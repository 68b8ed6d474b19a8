import type { Evidence, ProviderEvent, WebhookRequest } from '../../edge/webhook';
import { fingerprint, naturalKey, plainName } from '../natural-key';
import { objectAt, readVapiMessage, textAt, type VapiMessage } from './message';
import { toolCallsIn } from './tool-calls';

/** What tells two messages of one kind and call apart; null when a call has only one. */
const DISTINCTION: Readonly<Record<string, (message: VapiMessage) => (string | undefined)[] | null>> = {
  'assistant-request': () => null,
  'end-of-call-report': () => null,
  'status-update': ({ fields }) => [textAt(fields, 'status')],
  transcript: ({ fields }) => [
    textAt(fields, 'role'),
    textAt(fields, 'transcriptType'),
    textAt(fields, 'timestamp'),
    fingerprint(textAt(fields, 'transcript') ?? ''),
  ],
  'tool-calls': (message) => toolCallsIn(message).map(({ id }) => id),
  'function-call': ({ fields }) => [
    textAt(objectAt(fields, 'functionCall'), 'name'),
    textAt(fields, 'timestamp'),
  ],
  'speech-update': ({ fields }) =>
    ['status', 'role', 'turn', 'timestamp'].map((name) => textAt(fields, name)),
  'user-interrupted': ({ fields }) => [textAt(fields, 'turnId') ?? textAt(fields, 'timestamp')],
  'conversation-update': byTime,
  hang: byTime,
  'transfer-destination-request': byTime,
  'handoff-destination-request': byTime,
  'transfer-update': byTime,
  'model-output': byTime,
  'voice-input': byTime,
  'language-change-detected': byTime,
  'phone-call-control': byTime,
  'knowledge-base-request': byTime,
  'assistant.started': byTime,
};

function byTime({ fields }: VapiMessage): (string | undefined)[] {
  return [textAt(fields, 'timestamp')];
}

export function identifyVapi(request: WebhookRequest): ProviderEvent<VapiMessage> {
  const message = readVapiMessage(request.body);
  const known = Object.hasOwn(DISTINCTION, message.type);
  const callId = textAt(message.call, 'id');
  return {
    kind: plainName(message.type, () => 'unnamed'),
    known,
    subject: callId ? plainName(callId, fingerprint) : null,
    dedupeKey: keyOf(message, callId, request.body),
    evidence: evidenceIn(message),
    content: message,
  };
}

/** Presigned addresses make every delivery's bytes different, so bytes are compared only for want of better. */
function keyOf(message: VapiMessage, callId: string | undefined, body: Buffer): string {
  const { type } = message;
  const parts = Object.hasOwn(DISTINCTION, type) ? DISTINCTION[type]?.(message) : byTime(message);
  if (parts === null && callId) return naturalKey(type, callId);
  const distinct = parts?.filter((part) => part !== undefined) ?? [];
  if (callId && distinct.length > 0) return naturalKey(type, callId, ...fewParts(distinct));
  return naturalKey(type, callId, fingerprint(body));
}

/** A turn may call any number of tools. */
function fewParts(parts: string[]): string[] {
  return parts.length > 4 ? [fingerprint(parts.join('\n'))] : parts;
}

function evidenceIn({ fields, call, phoneNumber }: VapiMessage): Evidence {
  const number = textAt(phoneNumber, 'number');
  const providerNumberId = textAt(phoneNumber, 'id') ?? textAt(call, 'phoneNumberId');
  const assistantId = textAt(call, 'assistantId') ?? textAt(objectAt(fields, 'assistant'), 'id');
  return {
    numbers: number ? [number] : [],
    ...(providerNumberId ? { providerNumberId } : {}),
    ...(assistantId ? { assistantId } : {}),
  };
}
