import type { AnswerFailure } from '@parley/contracts';

export interface ChatTurn {
  role: 'user' | 'assistant';
  text: string;
}

export interface ChatRequest {
  model: string;
  system: string;
  /** Oldest first; begins and ends with the user. */
  turns: readonly ChatTurn[];
  /** Opaque to the provider. */
  userId: string;
}

/** `end`, `max_tokens`, `context_full`: an answer. `refusal`: the model declined. */
export type ModelStop = 'end' | 'max_tokens' | 'context_full' | 'refusal';

/** Totals so far, never increments. */
export interface ModelTokens {
  inputTokens: number;
  outputTokens: number;
}

export type ModelEvent =
  | { type: 'opened'; tokens: ModelTokens; providerRequestId: string | null }
  | { type: 'text'; text: string }
  | { type: 'stopped'; stop: ModelStop; tokens: ModelTokens };

/** A language model that streams its answer. */
export abstract class ChatModel {
  abstract readonly provider: string;
  /** The id behind a configured name. */
  abstract readonly model: string;

  /**
   * Ends after `stopped`, or once `signal` aborts.
   * @throws ModelFailed when the provider fails or breaks off
   */
  abstract stream(request: ChatRequest, signal: AbortSignal): AsyncIterable<ModelEvent>;
}

export class ModelFailed extends Error {
  override readonly name = 'ModelFailed';

  constructor(
    /** What the person is told. */
    readonly code: AnswerFailure,
    /** The provider's own word for it, for operators. */
    readonly errorType: string,
    /** Whether the provider turned the request down before reading it, so that nothing was used. */
    readonly rejected: boolean,
    options?: ErrorOptions,
  ) {
    super(`the model failed: ${errorType}`, options);
  }
}
