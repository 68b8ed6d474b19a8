import type { CallerContext, ConversationLiveEvent } from '@parley/contracts';
import type { ChatRequest, ModelEvent, ModelStop, ModelTokens } from '../model/chat-model';

/** One answer to write, committed with its placeholder in the message log. */
export interface AnswerTask {
  caller: CallerContext;
  tenantId: string;
  conversationId: string;
  userMessageId: string;
  messageId: string;
  /** Row of `ai_requests`. */
  aiRequestId: string;
  request: ChatRequest;
}

/** `lost`: the message log says that the answer has ended, by another process. */
export type Interruption = 'cancelled' | 'idle' | 'shutdown' | 'lost';

/** Chunks that come faster than this travel together. */
const COALESCE_MS = 25;

/** The answer as it stands in this process: its text, its chunks to whoever listens, and the means to stop it. */
export class RunningAnswer {
  /** What the provider counted, once it began to answer. */
  opened: ModelTokens | undefined;
  providerRequestId: string | null = null;
  stop: { reason: ModelStop; tokens: ModelTokens } | undefined;
  interruption: Interruption | undefined;
  /** How much of the text the message log has, and since when. */
  saved = { seq: 0, at: Date.now() };
  readonly startedAt = performance.now();
  firstTokenMs: number | undefined;
  /** Settles once the answer has its final state. */
  ended: Promise<void> = Promise.resolve();

  private readonly abort = new AbortController();
  private content = '';
  private published = 0;
  private publishedAt = -Infinity;
  private timer: NodeJS.Timeout | undefined;

  constructor(
    readonly task: AnswerTask,
    private readonly publish: (event: ConversationLiveEvent) => void,
  ) {}

  get text(): string {
    return this.content;
  }

  get signal(): AbortSignal {
    return this.abort.signal;
  }

  take(event: ModelEvent): void {
    if (event.type === 'text') this.write(event.text);
    else if (event.type === 'stopped') this.stop = { reason: event.stop, tokens: event.tokens };
    else {
      this.opened = event.tokens;
      this.providerRequestId = event.providerRequestId;
    }
  }

  interrupt(reason: Interruption): void {
    this.interruption ??= reason;
    this.abort.abort();
  }

  /** The first chunk, and any after a pause, leaves at once. */
  private write(text: string): void {
    // PostgreSQL cannot store NUL.
    this.content += text.replaceAll('\u0000', '');
    this.firstTokenMs ??= Math.round(performance.now() - this.startedAt);
    if (this.timer) return;
    const wait = this.publishedAt + COALESCE_MS - performance.now();
    if (wait <= 0) this.flush();
    else this.timer = setTimeout(() => this.flush(), wait);
  }

  /** Publishes what has not been published yet. */
  flush(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    const chunk = this.content.slice(this.published);
    if (chunk === '') return;
    this.published = this.content.length;
    this.publishedAt = performance.now();
    const { conversationId, messageId } = this.task;
    this.publish({ type: 'chunk', conversationId, messageId, seq: this.published, chunk });
  }
}
