import { invalidRequest } from './anthropic-errors';

export interface MessagesRequest {
  model: string;
  maxTokens: number;
  stream: boolean;
  system: string;
  /** The text of each turn, oldest first. */
  turns: Array<{ role: string; text: string }>;
  stopSequences: string[];
}

/** Removed with `anthropic-version: 2026-10-21`; older versions still take them. */
const SAMPLING = ['temperature', 'top_p', 'top_k'];
const SAMPLING_REMOVED_IN = '2026-10-21';
const ROLES = ['user', 'assistant', 'system'];

/** Checks a body as the API does and keeps what the answer depends on. Throws an `AnthropicError`. */
export function messagesRequest(body: unknown, version: string): MessagesRequest {
  const fields = countedRequest(body, version);
  const maxTokens = fields.body['max_tokens'];
  if (maxTokens === undefined) throw invalidRequest('max_tokens: Field required');
  if (typeof maxTokens !== 'number' || !Number.isInteger(maxTokens)) {
    throw invalidRequest('max_tokens: Input should be a valid integer');
  }
  if (maxTokens < 0) throw invalidRequest('max_tokens: Input should be greater than or equal to 0');
  const stop = fields.body['stop_sequences'];
  return {
    ...fields,
    maxTokens,
    stream: fields.body['stream'] === true,
    stopSequences: Array.isArray(stop) ? stop.filter((text) => typeof text === 'string') : [],
  };
}

/** What counting tokens needs: everything but `max_tokens`. */
export function countedRequest(
  sent: unknown,
  version: string,
): Pick<MessagesRequest, 'model' | 'system' | 'turns'> & { body: Record<string, unknown> } {
  const body = objectOf(sent);
  const { model, messages } = body;
  if (model === undefined) throw invalidRequest('model: Field required');
  if (typeof model !== 'string' || model === '')
    throw invalidRequest('model: Input should be a valid string');
  if (version >= SAMPLING_REMOVED_IN) {
    const removed = SAMPLING.find((name) => name in body);
    if (removed !== undefined) throw invalidRequest(`${removed}: Extra inputs are not permitted`);
  }
  if (messages === undefined) throw invalidRequest('messages: Field required');
  if (!Array.isArray(messages)) throw invalidRequest('messages: Input should be a valid list');
  if (messages.length === 0) throw invalidRequest('messages: at least one message is required');
  return { body, model, system: textOf(body['system']), turns: messages.map(turnOf) };
}

function turnOf(message: unknown, index: number): { role: string; text: string } {
  const { role, content } = objectOf(message);
  if (typeof role !== 'string' || !ROLES.includes(role)) {
    throw invalidRequest(`messages.${index}.role: Input should be 'user', 'assistant' or 'system'`);
  }
  if (content === undefined) throw invalidRequest(`messages.${index}.content: Field required`);
  if (content === '' || (Array.isArray(content) && content.length === 0)) {
    throw invalidRequest(`messages.${index}: content must be non-empty`);
  }
  return { role, text: textOf(content) };
}

/** A text, or the text blocks of a list joined. */
function textOf(content: unknown): string {
  if (typeof content === 'string') return content;
  if (!Array.isArray(content)) return '';
  return content
    .map((block) => objectOf(block)['text'])
    .filter((text) => typeof text === 'string')
    .join('\n');
}

function objectOf(value: unknown): Record<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw invalidRequest('Input should be a valid dictionary');
  }
  return value as Record<string, unknown>;
}
