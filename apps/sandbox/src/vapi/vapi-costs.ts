import type { VapiCall } from './vapi-call';

export interface VapiCosts {
  /** USD. */
  cost: number;
  costs: object[];
  costBreakdown: object;
}

/** Plausible prices per minute; nothing is charged for a call nobody answered. */
export function costsOf(call: VapiCall): VapiCosts {
  const minutes = round(call.durationSeconds / 60);
  if (minutes === 0) return { cost: 0, costs: [], costBreakdown: { total: 0 } };
  const spoken = (role: string): number =>
    call.dialogue.utterances.reduce((sum, turn) => sum + (turn.role === role ? turn.text.length : 0), 0);
  const characters = spoken('assistant');
  const promptTokens = 420 + Math.ceil(spoken('user') / 4);
  const completionTokens = Math.ceil(characters / 4);
  const share = {
    transport: round(0.008 * minutes),
    stt: round(0.0105 * minutes),
    llm: round(promptTokens * 1.5e-7 + completionTokens * 6e-7),
    tts: round(characters * 1.6e-5),
    vapi: round(0.05 * minutes),
  };
  const cost = round(Object.values(share).reduce((sum, amount) => sum + amount, 0));
  return {
    cost,
    costs: [
      { type: 'transport', provider: 'twilio', minutes, cost: share.transport },
      {
        type: 'transcriber',
        transcriber: { provider: 'deepgram', model: 'nova-2' },
        minutes,
        cost: share.stt,
      },
      {
        type: 'model',
        model: { provider: 'openai', model: 'gpt-4o-mini' },
        promptTokens,
        completionTokens,
        cost: share.llm,
      },
      {
        type: 'voice',
        voice: { provider: 'azure', voiceId: 'fr-CA-SylvieNeural' },
        characters,
        cost: share.tts,
      },
      { type: 'vapi', subType: 'normal', minutes, cost: share.vapi },
    ],
    costBreakdown: {
      ...share,
      total: cost,
      llmPromptTokens: promptTokens,
      llmCompletionTokens: completionTokens,
      ttsCharacters: characters,
    },
  };
}

function round(amount: number): number {
  return Math.round(amount * 10_000) / 10_000;
}
