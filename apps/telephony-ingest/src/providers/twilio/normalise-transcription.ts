import type { CallObservation, JournalledEvent } from '../../observations';
import { MalformedPayload } from '../normalise.errors';
import { languageTag } from '../normalise-language';
import { type Fields, fieldsOf, textOf, wordOf } from '../normalise-reading';
import { detailsOf, momentOf, sidOf } from './normalise-call';

/**
 * Real-time transcription, one request per event, out of order. Final lines only; when they were spoken follows
 * from `Timestamp`, and `SequenceId` settles ties. Twilio hears the other party on the inbound track.
 */
export function observeLiveTranscription(form: Fields, event: JournalledEvent): CallObservation[] {
  const callSid = sidOf(form, 'CallSid');
  const kind = wordOf(form.TranscriptionEvent) ?? '';
  const lineId = `${sidOf(form, 'TranscriptionSid')}:${(wordOf(form.SequenceId) ?? event.id).padStart(8, '0')}`;
  const language = languageTag(form.LanguageCode);
  const observation: CallObservation = {
    about: 'call',
    provider: 'twilio',
    providerCallId: callSid,
    eventId: `twilio:${callSid}:transcription:${lineId}`,
    eventType: kind,
    occurredAt: momentOf(form, event),
    ...(language ? { language } : {}),
    details: detailsOf(form, [
      'Track',
      'TranscriptionEngine',
      'TranscriptionErrorCode',
      'TranscriptionError',
    ]),
  };
  if (kind !== 'transcription-content') return [observation];
  const text = form.Final === 'true' ? spokenText(form.TranscriptionData) : undefined;
  if (!text) return [];
  const speaker = form.Track === 'outbound_track' ? 'agent' : 'user';
  return [{ ...observation, status: 'in_progress', transcriptLine: { lineId, speaker, text } }];
}

/** `TranscriptionData` is JSON inside a form field. */
function spokenText(data: unknown): string | undefined {
  try {
    return textOf(fieldsOf(JSON.parse(textOf(data) ?? '')).transcript)?.replaceAll('\0', '');
  } catch (cause) {
    throw new MalformedPayload('twilio: TranscriptionData is not JSON', { cause });
  }
}

/** `<Record transcribe>`: what one caller left on a recording. */
export function observeRecordedTranscription(form: Fields, event: JournalledEvent): CallObservation {
  const callSid = sidOf(form, 'CallSid');
  const status = wordOf(form.TranscriptionStatus) ?? '';
  const content = status === 'completed' ? textOf(form.TranscriptionText) : undefined;
  return {
    about: 'call',
    provider: 'twilio',
    providerCallId: callSid,
    eventId: `twilio:${callSid}:transcription:${sidOf(form, 'TranscriptionSid')}:${status}`,
    eventType: `transcription.${status}`,
    occurredAt: momentOf(form, event),
    ...(content
      ? { transcript: { content, segments: [{ speaker: 'user', text: content, offsetMs: 0 }] } }
      : {}),
    details: detailsOf(form, ['TranscriptionStatus', 'RecordingSid']),
  };
}
