import type { Normaliser } from '../../observations';
import { readForm } from '../normalise-reading';
import { observeCallProgress, observeDialAction, observeLeg } from './normalise-call';
import { observeMessage } from './normalise-message';
import { observeMachineDetection, observeRecording } from './normalise-side-events';
import { observeLiveTranscription, observeRecordedTranscription } from './normalise-transcription';

/** Which of Twilio's callbacks an event is shows in its parameters, whatever URL it was sent to. */
export const normaliseTwilio: Normaliser = (event) => {
  const form = readForm(event);
  if (!form.CallSid && (form.MessageSid ?? form.SmsSid)) return [observeMessage(form, event)];
  if (form.TranscriptionEvent) return observeLiveTranscription(form, event);
  if (form.TranscriptionSid) return [observeRecordedTranscription(form, event)];
  if (form.RecordingStatus) return [observeRecording(form, event)];
  if (form.ParentCallSid) return [observeLeg(form, event)];
  if (form.DialCallStatus) return [observeDialAction(form, event)];
  if (form.CallStatus) return [observeCallProgress(form, event)];
  if (form.AnsweredBy) return [observeMachineDetection(form, event)];
  return [];
};
