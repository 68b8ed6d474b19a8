import { randomBytes } from 'node:crypto';
import type { ComposedAnswer } from './anthropic-answer';

export function newMessageId(): string {
  return `msg_01${randomBytes(11).toString('hex')}`;
}

/** A whole message, as answered without streaming. */
export function toMessage(model: string, answer: ComposedAnswer): object {
  return {
    ...emptyMessage(model, answer.inputTokens),
    content: [{ type: 'text', text: answer.text, citations: null }],
    stop_reason: answer.stopReason,
    stop_sequence: answer.stopSequence,
    usage: usageOf(answer.inputTokens, answer.outputTokens),
  };
}

/** HTTP 200 without content: the model declined. */
export function toRefusal(model: string, inputTokens: number): object {
  return {
    ...emptyMessage(model, inputTokens),
    stop_reason: 'refusal',
    stop_details: { type: 'refusal', category: null, explanation: null },
  };
}

/** How a streamed message starts: nothing said yet. */
export function emptyMessage(model: string, inputTokens: number): object {
  return {
    id: newMessageId(),
    type: 'message',
    role: 'assistant',
    model,
    content: [],
    container: null,
    diagnostics: null,
    stop_reason: null,
    stop_sequence: null,
    stop_details: null,
    usage: usageOf(inputTokens, 1),
  };
}

function usageOf(inputTokens: number, outputTokens: number): object {
  return {
    cache_creation: { ephemeral_1h_input_tokens: 0, ephemeral_5m_input_tokens: 0 },
    cache_creation_input_tokens: 0,
    cache_read_input_tokens: 0,
    inference_geo: null,
    input_tokens: inputTokens,
    output_tokens: outputTokens,
    output_tokens_details: null,
    server_tool_use: null,
    service_tier: 'standard',
    speed: null,
  };
}
