import { outcomeOf } from '../../calls/call-outcome';
import type { CallObservation, JournalledEvent } from '../../observations';
import { type Fields, instantOf, wordOf } from '../normalise-reading';
import { byMachine, detailsOf, momentOf, recordingOf, sidOf } from './normalise-call';

/** Recordings are told on the parent leg, and usually after the call has ended. */
export function observeRecording(form: Fields, event: JournalledEvent): CallObservation {
  const callSid = sidOf(form, 'CallSid');
  const recordingSid = sidOf(form, 'RecordingSid');
  const status = wordOf(form.RecordingStatus) ?? '';
  return {
    about: 'call',
    provider: 'twilio',
    providerCallId: callSid,
    eventId: `twilio:${callSid}:recording:${recordingSid}:${status}`,
    eventType: `recording.${status}`,
    occurredAt: instantOf(form.RecordingStartTime) ?? event.receivedAt,
    ...(status === 'completed' ? recordingOf(form) : {}),
    details: detailsOf(form, [
      'RecordingSid',
      'RecordingStatus',
      'RecordingDuration',
      'RecordingSource',
      'ErrorCode',
    ]),
  };
}

/** Asynchronous answering-machine detection: somebody, or something, picked up. */
export function observeMachineDetection(form: Fields, event: JournalledEvent): CallObservation {
  const callSid = sidOf(form, 'CallSid');
  return {
    about: 'call',
    provider: 'twilio',
    providerCallId: callSid,
    eventId: `twilio:${callSid}:answered-by:${wordOf(form.AnsweredBy)}`,
    eventType: 'answered-by',
    occurredAt: momentOf(form, event),
    status: 'in_progress',
    ...outcomeOf({ answeredByMachine: byMachine(form.AnsweredBy) }),
    details: detailsOf(form, ['AnsweredBy', 'MachineDetectionDuration']),
  };
}
