import type { ComposedAnswer } from './anthropic-answer';
import { emptyMessage } from './anthropic-message';

export interface StreamEvent {
  type: string;
  [field: string]: unknown;
}

/** The events of a streamed answer in the API's order; `ping` may stand anywhere and stands after the block start. */
export function answerEvents(model: string, answer: ComposedAnswer, chunkSize: number): StreamEvent[] {
  return [
    { type: 'message_start', message: emptyMessage(model, answer.inputTokens) },
    { type: 'content_block_start', index: 0, content_block: { type: 'text', text: '', citations: null } },
    { type: 'ping' },
    ...chunksOf(answer.text, chunkSize).map((text) => ({
      type: 'content_block_delta',
      index: 0,
      delta: { type: 'text_delta', text },
    })),
    { type: 'content_block_stop', index: 0 },
    messageDelta(answer.stopReason, answer.stopSequence, answer.inputTokens, answer.outputTokens),
    { type: 'message_stop' },
  ];
}

export function refusalEvents(model: string, inputTokens: number): StreamEvent[] {
  return [
    { type: 'message_start', message: emptyMessage(model, inputTokens) },
    messageDelta('refusal', null, inputTokens, 1),
    { type: 'message_stop' },
  ];
}

/** Usage here is the total so far, never an increment. */
function messageDelta(
  stopReason: string,
  stopSequence: string | null,
  inputTokens: number,
  outputTokens: number,
): StreamEvent {
  const refused = stopReason === 'refusal';
  return {
    type: 'message_delta',
    delta: {
      container: null,
      stop_details: refused ? { type: 'refusal', category: null, explanation: null } : null,
      stop_reason: stopReason,
      stop_sequence: stopSequence,
    },
    usage: {
      cache_creation_input_tokens: 0,
      cache_read_input_tokens: 0,
      input_tokens: inputTokens,
      output_tokens: outputTokens,
      output_tokens_details: null,
      server_tool_use: null,
    },
  };
}

/** Cut between characters, never inside a surrogate pair. */
function chunksOf(text: string, size: number): string[] {
  const letters = [...text];
  const chunks: string[] = [];
  for (let start = 0; start < letters.length; start += size)
    chunks.push(letters.slice(start, start + size).join(''));
  return chunks;
}

export function toSse(event: StreamEvent): string {
  return `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`;
}
