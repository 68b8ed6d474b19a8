import type { Evidence, ProviderEvent, WebhookRequest } from '../../edge/webhook';
import { fingerprint, naturalKey, plainName } from '../natural-key';
import { field, type TwilioForm } from './form';

/**
 * Twilio does not name its events: the parameters present do. `unknown` is kept, not applied.
 * `voice`, `gather`, `record`, `dial` and `message` wait for TwiML.
 */
export type TwilioKind =
  | 'voice'
  | 'gather'
  | 'record'
  | 'dial'
  | 'call-status'
  | 'recording'
  | 'transcription'
  | 'record-transcription'
  | 'amd'
  | 'message'
  | 'message-status'
  | 'unknown';

interface Identity {
  kind: TwilioKind;
  key: string;
}

export function identifyTwilio(
  request: WebhookRequest,
  form: TwilioForm,
  step: string | undefined,
): ProviderEvent<TwilioForm> {
  const { kind, key } = identityOf(request, form, step);
  const subject = field(form, 'CallSid') ?? field(form, 'MessageSid') ?? field(form, 'SmsSid');
  return {
    kind,
    known: kind !== 'unknown',
    subject: subject ? plainName(subject, fingerprint) : null,
    dedupeKey: key,
    evidence: evidenceIn(form, kind),
    content: form,
  };
}

/** Order matters: the more particular shapes carry the fields of the plainer ones too. */
function identityOf(request: WebhookRequest, form: TwilioForm, step: string | undefined): Identity {
  const at = (name: string): string | undefined => field(form, name);
  const of = (kind: TwilioKind, ...parts: (string | undefined)[]): Identity => ({
    kind,
    key: naturalKey(kind, ...parts),
  });
  const callSid = at('CallSid');
  const messageSid = at('MessageSid') ?? at('SmsSid');

  if (at('TranscriptionEvent')) {
    return of('transcription', at('TranscriptionSid'), at('SequenceId') ?? at('TranscriptionEvent'));
  }
  if (at('TranscriptionStatus'))
    return of('record-transcription', at('TranscriptionSid'), at('TranscriptionStatus'));
  if (at('RecordingStatus')) return of('recording', at('RecordingSid') ?? callSid, at('RecordingStatus'));
  if (messageSid && !callSid) return messageIdentity(messageSid, at, of);
  if (callSid) return callIdentity(request, callSid, step, at, of);
  return of('unknown', fingerprint(request.body));
}

type At = (name: string) => string | undefined;
type Of = (kind: TwilioKind, ...parts: (string | undefined)[]) => Identity;

function messageIdentity(messageSid: string, at: At, of: Of): Identity {
  const status = at('MessageStatus') ?? at('SmsStatus');
  if (status === undefined || status === 'received' || status === 'receiving')
    return of('message', messageSid);
  return of('message-status', messageSid, status);
}

function callIdentity(
  request: WebhookRequest,
  callSid: string,
  step: string | undefined,
  at: At,
  of: Of,
): Identity {
  const sequence = at('SequenceNumber');
  const reportsProgress = at('CallbackSource') ?? sequence ?? at('CallDuration');
  if (reportsProgress !== undefined) return of('call-status', callSid, at('CallStatus'), sequence);
  if (at('MachineDetectionDuration')) return of('amd', callSid);
  if (at('DialCallStatus')) return of('dial', callSid, at('DialCallSid'), at('DialCallStatus'));
  if (at('RecordingSid')) return of('record', at('RecordingSid'));
  // A caller may press the same key twice in one call, so nothing but the request itself tells two answers apart.
  if (at('Digits') ?? at('SpeechResult') ?? at('msg'))
    return of('gather', callSid, fingerprint(request.body));
  const asksForTwiml = step === 'voice' || (step === undefined && at('CallStatus') === 'ringing');
  if (asksForTwiml) return of('voice', callSid, at('CallStatus'));
  if (at('CallStatus')) return of('call-status', callSid, at('CallStatus'));
  return of('unknown', fingerprint(request.body));
}

/** The number of ours: called on the way in, caller on the way out. */
function evidenceIn(form: TwilioForm, kind: TwilioKind): Evidence {
  const accountSid = field(form, 'AccountSid');
  const outward = (field(form, 'Direction') ?? '').startsWith('outbound') || kind === 'message-status';
  const to = field(form, 'To') ?? field(form, 'Called');
  const from = field(form, 'From') ?? field(form, 'Caller');
  const numbers = (outward ? [from, to] : [to, from]).filter((number) => number !== undefined);
  return { numbers, ...(accountSid ? { accountSid } : {}) };
}
