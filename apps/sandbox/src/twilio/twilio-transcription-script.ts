import { RING_SECONDS, type TwilioCall, type TwilioUtterance } from './twilio-call';
import { twilioSidFrom } from './twilio-ids';
import type { TwilioForm } from './twilio-signature';

/** Real-time transcription of the call: started, one final per utterance, stopped. Empty unless a language was asked for. */
export function transcriptionForms(call: TwilioCall): Array<{ kind: string; form: TwilioForm }> {
  const language = call.transcriptLanguage;
  if (language === undefined || call.durationSeconds === 0) return [];
  const events = [
    {
      event: 'transcription-started',
      fields: {
        TranscriptionEngine: 'google',
        ProviderConfiguration: '{"profanityFilter":"false"}',
        PartialResults: 'false',
        Track: 'both_tracks',
      },
    },
    ...call.transcript.map((utterance) => ({
      event: 'transcription-content',
      fields: contentFields(utterance),
    })),
    { event: 'transcription-stopped', fields: {} },
  ];
  return events.map(({ event, fields }, index) => ({
    kind: `transcription:${event}`,
    form: {
      AccountSid: call.accountSid,
      CallSid: call.callSid,
      TranscriptionSid: twilioSidFrom('GT', call.callSid),
      TranscriptionEvent: event,
      SequenceId: String(index + 1),
      Timestamp: spokenAt(call, index / (events.length - 1)).toISOString(),
      LanguageCode: language,
      ...fields,
    },
  }));
}

/** `TranscriptionData` is JSON inside a form field; only finals carry a confidence. */
function contentFields({ track, text }: TwilioUtterance): TwilioForm {
  return {
    Track: track,
    TranscriptionData: JSON.stringify({ transcript: text, confidence: 0.96 }),
    Final: 'true',
  };
}

function spokenAt(call: TwilioCall, share: number): Date {
  return new Date(call.createdAt.getTime() + (RING_SECONDS + share * call.durationSeconds) * 1000);
}
