import type { VapiCall } from './vapi-call';
import { momentOf } from './vapi-call';
import type { ToolUse, Utterance } from './vapi-dialogue';

export interface SpokenUtterance extends Utterance {
  startedAt: Date;
  endedAt: Date;
}

/** The utterances spread over the talking time by their length, with a breath between them. */
export function spokenUtterances(call: VapiCall): SpokenUtterance[] {
  const { utterances } = call.dialogue;
  const letters = utterances.reduce((sum, { text }) => sum + text.length, 0);
  let before = 0;
  return utterances.map((utterance) => {
    const startedAt = momentOf(call, before / letters);
    before += utterance.text.length;
    return {
      ...utterance,
      startedAt,
      endedAt: momentOf(call, (before - 0.1 * utterance.text.length) / letters),
    };
  });
}

/** Lines `AI: …` and `User: …` as in `artifact.transcript`. */
export function transcriptText(call: VapiCall): string {
  return call.dialogue.utterances
    .map(({ role, text }) => `${role === 'assistant' ? 'AI' : 'User'}: ${text}\n`)
    .join('');
}

/** `artifact.messages`: the speaker is `bot` here, `assistant` in transcript events and `AI` in the text. */
export function artifactMessages(
  call: VapiCall,
  assistantId: string | null,
  toolResult: string | undefined,
): object[] {
  const startedAt = momentOf(call, 0);
  const spoken = spokenUtterances(call).map((utterance) => spokenMessage(call, utterance, assistantId));
  const { tool } = call.dialogue;
  if (tool !== null && toolResult !== undefined) {
    spoken.splice(tool.afterUtterance, 0, ...toolMessages(call, tool, toolResult));
  }
  const system = {
    role: 'system',
    message: call.dialogue.systemPrompt,
    time: startedAt.getTime(),
    secondsFromStart: 0,
  };
  return [system, ...spoken];
}

export function openAiMessages(call: VapiCall): object[] {
  return [
    { role: 'system', content: call.dialogue.systemPrompt },
    ...call.dialogue.utterances.map(({ role, text }) => ({ role, content: text })),
  ];
}

/** One entry of `toolCallList`. */
export function toToolCall(call: VapiCall, tool: ToolUse): object {
  const id = toolCallId(call);
  if (tool.shape === 'flat') return { id, name: tool.name, parameters: tool.arguments };
  const given = tool.shape === 'string' ? JSON.stringify(tool.arguments) : tool.arguments;
  return { id, type: 'function', function: { name: tool.name, arguments: given } };
}

export function toolCallId(call: VapiCall): string {
  return `call_${call.callId.replaceAll('-', '').slice(0, 16)}`;
}

export function toolCalledAt(call: VapiCall, tool: ToolUse): Date {
  return spokenUtterances(call)[tool.afterUtterance - 1]?.endedAt ?? momentOf(call, 0);
}

function spokenMessage(call: VapiCall, utterance: SpokenUtterance, assistantId: string | null): object {
  const { role, text, startedAt, endedAt } = utterance;
  return {
    role: role === 'assistant' ? 'bot' : 'user',
    message: text,
    time: startedAt.getTime(),
    endTime: endedAt.getTime(),
    secondsFromStart: secondsInto(call, startedAt),
    duration: (endedAt.getTime() - startedAt.getTime()) / 1000,
    ...(role === 'assistant' ? { source: '', assistantName: call.dialogue.assistantName, assistantId } : {}),
  };
}

function toolMessages(call: VapiCall, tool: ToolUse, result: string): object[] {
  const at = toolCalledAt(call, tool);
  const when = { time: at.getTime(), secondsFromStart: secondsInto(call, at) };
  return [
    { role: 'tool_calls', message: '', toolCalls: [toToolCall(call, { ...tool, shape: 'string' })], ...when },
    { role: 'tool_call_result', toolCallId: toolCallId(call), name: tool.name, result, ...when },
  ];
}

function secondsInto(call: VapiCall, instant: Date): number {
  return (instant.getTime() - momentOf(call, 0).getTime()) / 1000;
}
