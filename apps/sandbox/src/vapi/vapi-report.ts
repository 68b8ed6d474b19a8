import { momentOf, type Heard, type VapiCall } from './vapi-call';
import { artifactMessages, openAiMessages, transcriptText } from './vapi-conversation';
import { costsOf } from './vapi-costs';

/** The own fields of an end-of-call-report; the REST call object carries the same once a call has ended. */
export function reportFields(call: VapiCall, heard: Heard): Record<string, unknown> {
  const endedAt = momentOf(call, 1).toISOString();
  const { cost, costs, costBreakdown } = costsOf(call);
  if (call.durationSeconds === 0) {
    return {
      endedReason: call.endedReason,
      analysis: {},
      artifact: { messages: [], messagesOpenAIFormatted: [], transcript: '' },
      endedAt,
      cost,
      costs,
    };
  }
  const { summary, structuredData } = call.dialogue;
  const artifact = artifactOf(call, heard);
  return {
    endedReason: call.endedReason,
    analysis: { summary, structuredData, successEvaluation: 'true' },
    artifact,
    startedAt: momentOf(call, 0).toISOString(),
    endedAt,
    cost,
    costs,
    compliance: { recordingConsent: { type: 'verbal', grantedAt: momentOf(call, 0.02).toISOString() } },
    ...(call.legacyFields ? legacyFields(call, artifact, costBreakdown) : {}),
  };
}

function artifactOf(call: VapiCall, heard: Heard): Record<string, unknown> {
  const file = (name: string): string => `https://storage.sandbox.test/${call.callId}-${name}`;
  return {
    messages: artifactMessages(call, heard.assistantId, heard.toolResult),
    messagesOpenAIFormatted: openAiMessages(call),
    transcript: transcriptText(call),
    recordingUrl: file('mono.wav'),
    stereoRecordingUrl: file('stereo.wav'),
    recording: {
      stereoUrl: file('stereo.wav'),
      mono: {
        combinedUrl: file('mono.wav'),
        assistantUrl: file('assistant.wav'),
        customerUrl: file('customer.wav'),
      },
    },
    logUrl: file('call.jsonl.gz'),
    variableValues: {},
    structuredOutputs: {},
    performanceMetrics: {
      turnLatencyAverage: 1180,
      modelLatencyAverage: 540,
      voiceLatencyAverage: 210,
      transcriberLatencyAverage: 120,
      endpointingLatencyAverage: 310,
      numUserInterrupted: 0,
      numAssistantInterrupted: 0,
    },
  };
}

function legacyFields(call: VapiCall, artifact: Record<string, unknown>, costBreakdown: object): object {
  return {
    durationMs: call.durationSeconds * 1000,
    durationSeconds: call.durationSeconds,
    durationMinutes: call.durationSeconds / 60,
    summary: call.dialogue.summary,
    transcript: artifact['transcript'],
    messages: artifact['messages'],
    recordingUrl: artifact['recordingUrl'],
    stereoRecordingUrl: artifact['stereoRecordingUrl'],
    costBreakdown,
  };
}
