import {
  twilioCall,
  RING_SECONDS,
  type TwilioCall,
  type TwilioCallInput,
  type TwilioStatusEvent,
} from './twilio-call';
import { twilioDate } from './twilio-date';
import { twilioSidFrom } from './twilio-ids';
import { encodeTwilioForm, signedTwilioHeaders, webhookUrlAt, type TwilioForm } from './twilio-signature';
import { transcriptionForms } from './twilio-transcription-script';

export interface TwilioCallEvent {
  /** `voice`, `status:<CallStatus>`, `recording:completed`, `transcription:<event>`. */
  kind: string;
  /** Below the webhook base. */
  path: string;
  url: string;
  form: string;
  headers: Record<string, string>;
}

/** Every webhook of one call in the order Twilio sends them, signed for the address they go to. */
export function twilioCallEvents(input: TwilioCallInput): TwilioCallEvent[] {
  const call = twilioCall(input);
  return [
    ...(asksForTwiml(call) ? [eventOf(call, 'voice', call.paths.voice, voiceForm(call))] : []),
    ...statusForms(call).flatMap(({ kind, form }, index, all) =>
      index === all.length - 1
        ? [...transcriptionEvents(call), eventOf(call, kind, call.paths.status, form)]
        : [eventOf(call, kind, call.paths.status, form)],
    ),
    ...(call.recording && call.durationSeconds > 0
      ? [eventOf(call, 'recording:completed', call.paths.recording, recordingForm(call))]
      : []),
  ];
}

/** An outbound call asks what to do only once somebody has answered. */
function asksForTwiml(call: TwilioCall): boolean {
  return call.direction === 'inbound' || call.scenario === 'completed';
}

/** The request whose answer must be TwiML. */
function voiceForm(call: TwilioCall): TwilioForm {
  return {
    ...partiesForm(call),
    CallStatus: call.direction === 'inbound' ? 'ringing' : 'in-progress',
    CallToken: '%7B%22parentCallInfoToken%22%3A%22sandbox%22%7D',
    StirVerstat: 'TN-Validation-Passed-A',
  };
}

/** Only the events subscribed to; `SequenceNumber` counts those and starts at 0. */
function statusForms(call: TwilioCall): Array<{ kind: string; form: TwilioForm }> {
  return steps(call)
    .filter(({ event }) => call.statusEvents.includes(event))
    .map(({ status, atSeconds }, index) => ({
      kind: `status:${status}`,
      form: {
        ...partiesForm(call),
        CallStatus: status,
        CallbackSource: 'call-progress-events',
        SequenceNumber: String(index),
        Timestamp: twilioDate(secondsInto(call, atSeconds)),
        ...(FINAL.has(status) ? finalForm(call) : {}),
      },
    }));
}

function steps(call: TwilioCall): Array<{ event: TwilioStatusEvent; status: string; atSeconds: number }> {
  const rung = [
    { event: 'initiated' as const, status: 'initiated', atSeconds: 0 },
    { event: 'ringing' as const, status: 'ringing', atSeconds: 1 },
  ];
  if (call.scenario !== 'completed') {
    return [...rung, { event: 'completed', status: call.scenario, atSeconds: RING_SECONDS }];
  }
  return [
    ...rung,
    { event: 'answered', status: 'in-progress', atSeconds: RING_SECONDS },
    { event: 'completed', status: 'completed', atSeconds: RING_SECONDS + call.durationSeconds },
  ];
}

const FINAL = new Set(['completed', 'busy', 'failed', 'no-answer']);

/** `CallDuration` counts seconds, `Duration` started minutes. */
function finalForm(call: TwilioCall): TwilioForm {
  return {
    CallDuration: String(call.durationSeconds),
    Duration: String(Math.ceil(call.durationSeconds / 60)),
    SipResponseCode: { completed: '200', busy: '486', failed: '503', 'no-answer': '487' }[call.scenario],
  };
}

function recordingForm(call: TwilioCall): TwilioForm {
  const recordingSid = twilioSidFrom('RE', call.callSid);
  return {
    AccountSid: call.accountSid,
    CallSid: call.callSid,
    RecordingSid: recordingSid,
    RecordingUrl: `https://api.twilio.com/2010-04-01/Accounts/${call.accountSid}/Recordings/${recordingSid}`,
    RecordingStatus: 'completed',
    RecordingChannels: '2',
    RecordingSource: call.direction === 'inbound' ? 'StartCallRecordingAPI' : 'OutboundAPI',
    RecordingTrack: 'both',
    RecordingStartTime: twilioDate(secondsInto(call, RING_SECONDS)),
    ErrorCode: '0',
    RecordingDuration: String(Math.max(1, call.durationSeconds - 2)),
  };
}

function transcriptionEvents(call: TwilioCall): TwilioCallEvent[] {
  return transcriptionForms(call).map(({ kind, form }) =>
    eventOf(call, kind, call.paths.transcription, form),
  );
}

function eventOf(call: TwilioCall, kind: string, path: string, form: TwilioForm): TwilioCallEvent {
  const url = webhookUrlAt(call.webhookUrl, path);
  return {
    kind,
    path,
    url,
    form: encodeTwilioForm(form),
    headers: signedTwilioHeaders(call.authToken, url, form),
  };
}

function secondsInto(call: TwilioCall, seconds: number): Date {
  return new Date(call.createdAt.getTime() + seconds * 1000);
}

/** Fields every request about a call carries: the place of the caller is known, that of the called number is not. */
function partiesForm(call: TwilioCall): TwilioForm {
  const place = { City: 'QUÉBEC', State: 'QC', Zip: '', Country: 'CA' };
  const form: TwilioForm = {
    AccountSid: call.accountSid,
    ApiVersion: '2010-04-01',
    CallSid: call.callSid,
    Direction: call.direction,
    From: call.from,
    To: call.to,
    Caller: call.from,
    Called: call.to,
  };
  for (const party of ['From', 'Caller', 'To', 'Called']) {
    const known = party === 'From' || party === 'Caller';
    for (const [part, value] of Object.entries(place))
      form[party + part] = known || part !== 'City' ? value : '';
  }
  return form;
}
