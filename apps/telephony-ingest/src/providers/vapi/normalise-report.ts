import type { CallStatus } from '@parley/contracts';
import { outcomeOf } from '../../calls/call-outcome';
import type { CallObservation, TranscriptSegment } from '../../observations';
import { detectLanguage, languageOfVoice, languageTag } from '../normalise-language';
import { fieldsOf, instantOf, isFields, listOf, numberOf, secondsOf, textOf } from '../normalise-reading';
import { statusOfEndedReason } from './normalise-ended-reason';
import type { VapiMessage } from './normalise-message';

/** The last word on a call: everything needed to charge and report it. */
export function observeEndOfCall(message: VapiMessage): CallObservation {
  const { base, fields, call } = message;
  const analysis = fieldsOf(fields.analysis);
  const { status, endedReason } = statusOfEnd(message);
  const transcript = transcriptOf(message);
  const structuredData = isFields(analysis.structuredData) ? { ...analysis.structuredData } : undefined;
  const summary = textOf(analysis.summary) ?? textOf(fields.summary);
  const providerCostCents = centsOf(fields.cost ?? call.cost);
  const language = languageOf(message, transcript?.content);
  const userSpoke = transcript?.segments.some(({ speaker }) => speaker === 'user') ?? false;
  const times = timesOf(message);
  return {
    ...base,
    eventId: `vapi:${base.providerCallId}:end-of-call-report`,
    eventType: 'end-of-call-report',
    status,
    final: true,
    ...times,
    // Never connected: as good as the moment the call was made.
    startedAt: times.startedAt ?? instantOf(call.createdAt) ?? base.occurredAt,
    durationSeconds: times.durationSeconds ?? 0,
    ...(endedReason ? { endedReason } : {}),
    ...outcomeOf({ status, endedReason, structuredData, userSpoke }),
    ...(providerCostCents === undefined ? {} : { providerCostCents }),
    ...(summary ? { summary } : {}),
    ...(structuredData && Object.keys(structuredData).length > 0 ? { structuredData } : {}),
    ...(language ? { language } : {}),
    ...(transcript ? { transcript } : {}),
    ...recordingOf(message),
    details: { endedReason, successEvaluation: textOf(analysis.successEvaluation) },
  };
}

export function statusOfEnd({ fields, call }: VapiMessage): { status: CallStatus; endedReason?: string } {
  const endedReason = textOf(fields.endedReason ?? call.endedReason)?.slice(0, 255);
  return endedReason ? { status: statusOfEndedReason(endedReason), endedReason } : { status: 'completed' };
}

/** Told by the message or its call; each of start, end and duration follows from the other two. */
export function timesOf({
  fields,
  call,
  base,
}: VapiMessage): Pick<CallObservation, 'startedAt' | 'endedAt' | 'durationSeconds'> {
  const endedAt = instantOf(fields.endedAt) ?? instantOf(call.endedAt) ?? base.occurredAt;
  const started = instantOf(fields.startedAt) ?? instantOf(call.startedAt);
  const milliseconds = numberOf(fields.durationMs);
  const told =
    secondsOf(fields.durationSeconds) ??
    secondsOf(milliseconds === undefined ? undefined : milliseconds / 1000);
  const durationSeconds =
    told ?? (started ? secondsOf(Math.max(0, endedAt.getTime() - started.getTime()) / 1000) : undefined);
  const startedAt = started ?? (told ? new Date(endedAt.getTime() - told * 1000) : undefined);
  return {
    endedAt,
    ...(startedAt ? { startedAt } : {}),
    ...(durationSeconds === undefined ? {} : { durationSeconds }),
  };
}

const SPEAKER: Readonly<Record<string, TranscriptSegment['speaker']>> = {
  bot: 'agent',
  assistant: 'agent',
  AI: 'agent',
  user: 'user',
  User: 'user',
};

function transcriptOf({
  fields,
}: VapiMessage): { content: string; segments: TranscriptSegment[] } | undefined {
  const artifact = fieldsOf(fields.artifact);
  const content = (textOf(artifact.transcript) ?? textOf(fields.transcript))?.trim();
  const spoken = spokenSegments(artifact.messages ?? fields.messages);
  const segments = spoken.length > 0 ? spoken : writtenSegments(content ?? '');
  const text =
    content ||
    segments.map(({ speaker, text }) => `${speaker === 'agent' ? 'AI' : 'User'}: ${text}`).join('\n');
  return text ? { content: text.slice(0, MAX_TRANSCRIPT), segments } : undefined;
}

/** Some thirty hours of talk. */
const MAX_TRANSCRIPT = 1_000_000;

function spokenSegments(messages: unknown): TranscriptSegment[] {
  const spoken = listOf(messages).map(fieldsOf);
  const firstMs = numberOf(spoken[0]?.time);
  return spoken.flatMap(({ role, message, secondsFromStart, time }) => {
    const speaker = SPEAKER[textOf(role) ?? ''];
    const text = textOf(message);
    if (!speaker || !text) return [];
    const seconds = numberOf(secondsFromStart);
    const offsetMs = seconds === undefined ? (numberOf(time) ?? 0) - (firstMs ?? 0) : seconds * 1000;
    return [{ speaker, text, offsetMs: Math.max(0, Math.round(offsetMs)) }];
  });
}

/** From lines `AI: …` and `User: …`, when the report has no messages; when they were spoken is not known. */
function writtenSegments(content: string): TranscriptSegment[] {
  return content.split('\n').flatMap((line) => {
    const [, name = '', text = ''] = /^(AI|User): (.*)$/.exec(line) ?? [];
    const speaker = SPEAKER[name];
    return speaker && text ? [{ speaker, text, offsetMs: 0 }] : [];
  });
}

function languageOf({ fields, call }: VapiMessage, transcript = ''): string | undefined {
  const assistant = fieldsOf(fields.assistant ?? call.assistant);
  const voices = [
    fieldsOf(assistant.voice),
    ...listOf(fields.costs).map((cost) => fieldsOf(fieldsOf(cost).voice)),
  ];
  return (
    languageTag(fieldsOf(assistant.transcriber).language) ??
    voices.map(({ language, voiceId }) => languageTag(language) ?? languageOfVoice(voiceId)).find(Boolean) ??
    detectLanguage(transcript.slice(0, 5_000))
  );
}

/** US dollars to cents, half a cent up; six decimals hide what binary fractions lose. */
export function centsOf(dollars: unknown): number | undefined {
  const cost = numberOf(dollars);
  return cost === undefined || cost < 0 || cost > 1_000_000
    ? undefined
    : Math.round(Number((cost * 100).toFixed(6)));
}

/** Identifiers only: presigned addresses differ in every delivery and expire. */
function recordingOf({ fields, base }: VapiMessage): Pick<CallObservation, 'recording'> {
  const artifact = fieldsOf(fields.artifact);
  const recording = fieldsOf(artifact.recording);
  const mono = textOf(artifact.recordingUrl ?? fieldsOf(recording.mono).combinedUrl ?? fields.recordingUrl);
  const stereo = textOf(recording.stereoUrl ?? artifact.stereoRecordingUrl ?? fields.stereoRecordingUrl);
  const url = mono ?? stereo;
  if (!url) return {};
  const providerRecordingId = `${base.providerCallId}:${mono ? 'mono' : 'stereo'}`;
  return { recording: { providerRecordingId, url: url.slice(0, 2048) } };
}
