import type { CallDirection, CallStatus } from '@parley/contracts';
import { outcomeOf } from '../../calls/call-outcome';
import { isTerminal } from '../../calls/call-state';
import type { CallObservation, JournalledEvent } from '../../observations';
import { MalformedPayload } from '../normalise.errors';
import { type Fields, instantOf, partyOf, secondsOf, textOf, wordOf } from '../normalise-reading';

const STATUS: Readonly<Record<string, CallStatus>> = {
  queued: 'queued',
  initiated: 'queued',
  ringing: 'ringing',
  'in-progress': 'in_progress',
  completed: 'completed',
  busy: 'busy',
  failed: 'failed',
  'no-answer': 'no_answer',
  canceled: 'cancelled',
};

const DIRECTION: Readonly<Record<string, CallDirection>> = {
  inbound: 'inbound',
  'trunking-terminating': 'inbound',
  'outbound-api': 'outbound',
  'outbound-dial': 'outbound',
  'trunking-originating': 'outbound',
};

/** @throws MalformedPayload when a sid is missing */
export function sidOf(form: Fields, name: string): string {
  const sid = wordOf(form[name]);
  if (!sid) throw new MalformedPayload(`twilio: ${name} is missing`);
  return sid;
}

/** Twilio's clock where the callback carries it (RFC 2822 or ISO 8601), else ours. */
export const momentOf = (form: Fields, event: JournalledEvent): Date =>
  instantOf(form.Timestamp) ?? event.receivedAt;

export const byMachine = (answeredBy: unknown): boolean => /^(machine|fax)/.test(textOf(answeredBy) ?? '');

/** TwiML requests and status callbacks. */
export function observeCallProgress(form: Fields, event: JournalledEvent): CallObservation {
  const callSid = sidOf(form, 'CallSid');
  const status = statusOf(form.CallStatus);
  const isCallback = form.SequenceNumber !== undefined || form.CallDuration !== undefined;
  const parties = partiesOf(form);
  return {
    about: 'call',
    provider: 'twilio',
    providerCallId: callSid,
    eventId: `twilio:${progressId(form, event, callSid)}`,
    eventType: `status.${status}`,
    occurredAt: momentOf(form, event),
    status,
    ...parties,
    ...(isCallback ? { final: isTerminal(status), ...timesOf(form, event, status) } : {}),
    ...outcomeOf({ status, answeredByMachine: byMachine(form.AnsweredBy) }),
    ...recordingOf(form),
    details: detailsOf(form, [
      'CallStatus',
      'SequenceNumber',
      'SipResponseCode',
      'AnsweredBy',
      'ForwardedFrom',
    ]),
  };
}

/** What came of a `<Dial>`, told on the call that dialled. */
export function observeDialAction(form: Fields, event: JournalledEvent): CallObservation {
  const callSid = sidOf(form, 'CallSid');
  const dialled = wordOf(form.DialCallStatus) ?? '';
  const forwarded = dialled === 'completed' || dialled === 'answered';
  return {
    about: 'call',
    provider: 'twilio',
    providerCallId: callSid,
    eventId: `twilio:${callSid}:dial:${wordOf(form.DialCallSid) ?? event.id}:${dialled}`,
    eventType: `dial.${dialled}`,
    occurredAt: momentOf(form, event),
    ...(form.CallStatus ? { status: statusOf(form.CallStatus) } : {}),
    ...partiesOf(form),
    ...outcomeOf({ forwarded }),
    ...recordingOf(form),
    details: detailsOf(form, ['DialCallSid', 'DialCallStatus', 'DialCallDuration', 'DialBridged']),
  };
}

/**
 * A leg that `<Dial>` made is no call of its own: nobody is billed twice for one conversation. It is a fact on
 * its parent's timeline, and a transfer once somebody answered it.
 */
export function observeLeg(form: Fields, event: JournalledEvent): CallObservation {
  const parent = sidOf(form, 'ParentCallSid');
  const leg = sidOf(form, 'CallSid');
  const status = statusOf(form.CallStatus);
  const answered = status === 'completed' && (secondsOf(form.CallDuration) ?? 0) > 0;
  return {
    about: 'call',
    provider: 'twilio',
    providerCallId: parent,
    eventId: `twilio:${parent}:leg:${progressId(form, event, leg)}`,
    eventType: `leg.${status}`,
    occurredAt: momentOf(form, event),
    ...outcomeOf({ forwarded: answered }),
    details: detailsOf(form, ['CallSid', 'CallStatus', 'To', 'CallDuration']),
  };
}

/**
 * `CallSid + CallStatus + SequenceNumber`. A number is absent on TwiML requests: the first one of a call is told
 * by its status, the requests of verbs during the call by the journal entry they came with.
 */
function progressId(form: Fields, event: JournalledEvent, callSid: string): string {
  const ofVerb = form.Digits !== undefined || form.SpeechResult !== undefined || form.msg !== undefined;
  const part = wordOf(form.SequenceNumber) ?? wordOf(form.RecordingSid) ?? (ofVerb ? event.id : 'request');
  return `${callSid}:${wordOf(form.CallStatus) ?? 'unknown'}:${part}`;
}

function statusOf(value: unknown): CallStatus {
  const status = STATUS[textOf(value) ?? ''];
  if (!status) throw new MalformedPayload(`twilio: CallStatus ${JSON.stringify(value ?? null)} is unknown`);
  return status;
}

function partiesOf(form: Fields): Pick<CallObservation, 'direction' | 'from' | 'to'> {
  const direction = DIRECTION[textOf(form.Direction) ?? ''];
  const from = partyOf(form.From ?? form.Caller);
  const to = partyOf(form.To ?? form.Called);
  return { ...(direction ? { direction } : {}), ...(from ? { from } : {}), ...(to ? { to } : {}) };
}

/** `CallDuration` is in seconds; the parameter `Duration` beside it is in minutes and of no use here. */
function timesOf(
  form: Fields,
  event: JournalledEvent,
  status: CallStatus,
): Pick<CallObservation, 'startedAt' | 'endedAt' | 'durationSeconds'> {
  const moment = momentOf(form, event);
  if (status === 'in_progress') return form.Timestamp ? { startedAt: moment } : {};
  if (!isTerminal(status)) return {};
  const durationSeconds = secondsOf(form.CallDuration) ?? 0;
  const answered =
    durationSeconds > 0 ? { startedAt: new Date(moment.getTime() - durationSeconds * 1000) } : {};
  return { endedAt: moment, durationSeconds, ...answered };
}

export function recordingOf(form: Fields): Pick<CallObservation, 'recording'> {
  const providerRecordingId = wordOf(form.RecordingSid);
  const url = textOf(form.RecordingUrl)?.slice(0, 2048);
  const durationSeconds = secondsOf(form.RecordingDuration);
  if (!providerRecordingId || !url) return {};
  return {
    recording: { providerRecordingId, url, ...(durationSeconds === undefined ? {} : { durationSeconds }) },
  };
}

export function detailsOf(form: Fields, names: readonly string[]): Record<string, unknown> {
  return Object.fromEntries(
    names.flatMap((name) => (textOf(form[name]) ? [[lowerFirst(name), form[name]]] : [])),
  );
}

const lowerFirst = (name: string): string => name.charAt(0).toLowerCase() + name.slice(1);
