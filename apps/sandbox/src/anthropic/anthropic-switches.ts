export const ANTHROPIC_FAILURES = [
  'overloaded',
  '429',
  '500',
  '401',
  'sse-error',
  'cut',
  'close',
  'hang',
  'refusal',
] as const;

/**
 * `overloaded`, `429`, `500`, `401` answer with that error. `sse-error` sends an error event after some text, `cut`
 * destroys the socket there, `close` ends the stream there without its last events, `hang` never answers. `refusal` is
 * a success without content.
 */
export type AnthropicFailure = (typeof ANTHROPIC_FAILURES)[number];

export interface AnthropicPace {
  firstTokenDelayMs: number;
  chunkDelayMs: number;
  /** Characters per text delta. */
  chunkSize: number;
}

export const ANTHROPIC_PACE: Readonly<AnthropicPace> = {
  firstTokenDelayMs: 30,
  chunkDelayMs: 10,
  chunkSize: 12,
};

export class AnthropicSwitches {
  pace: AnthropicPace;
  private failure: AnthropicFailure | undefined;
  private failuresLeft = 0;

  constructor(pace: Partial<AnthropicPace> = {}) {
    this.pace = { ...ANTHROPIC_PACE, ...pace };
  }

  failNext(failure: AnthropicFailure, times: number): void {
    this.failure = failure;
    this.failuresLeft = times;
  }

  /** The failure this request meets, if any; each is met once per time ordered. */
  takeFailure(): AnthropicFailure | undefined {
    if (this.failuresLeft === 0) return undefined;
    this.failuresLeft -= 1;
    return this.failure;
  }

  get state(): AnthropicPace & { failNext: AnthropicFailure | null; failTimes: number } {
    return {
      ...this.pace,
      failNext: this.failuresLeft > 0 ? (this.failure ?? null) : null,
      failTimes: this.failuresLeft,
    };
  }
}
