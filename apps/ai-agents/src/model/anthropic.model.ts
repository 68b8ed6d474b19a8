import Anthropic from '@anthropic-ai/sdk';
import { Inject, Injectable } from '@nestjs/common';
import { CONFIG, Health, LiveConfig } from '@parley/platform';
import type { AgentsConfig } from '../config';
import { toModelFailure } from './anthropic-failure';
import {
  ChatModel,
  type ChatRequest,
  type ModelEvent,
  ModelFailed,
  type ModelStop,
  type ModelTokens,
} from './chat-model';
import { type ModelEndpoint, modelEndpoint } from './model-endpoint';
import { resolveModel } from './model-names';

type Started = Anthropic.RawMessageStartEvent['message']['usage'];
type Changed = Anthropic.RawMessageDeltaEvent['usage'];

/** Claude over the official SDK; without a key the sandbox speaks the same protocol. */
@Injectable()
export class AnthropicModel extends ChatModel {
  readonly provider = 'anthropic';
  readonly model: string;
  private client: Anthropic;
  private simulated: boolean;
  private readonly maxTokens: number;
  private lastFailed = false;

  constructor(
    @Inject(CONFIG) private readonly config: AgentsConfig,
    health: Health,
    @Inject(LiveConfig) live: LiveConfig<AgentsConfig>,
  ) {
    super();
    const endpoint = modelEndpoint(config);
    this.model = resolveModel(config.CHAT_MODEL, config.CHAT_MODEL_ALIASES);
    this.maxTokens = config.CHAT_MAX_TOKENS;
    this.client = this.clientOf(endpoint);
    this.simulated = endpoint.simulated;
    live.onChange((keys) => {
      if (keys.has('ANTHROPIC_API_KEY')) this.reconnect(live.get('ANTHROPIC_API_KEY'));
    });
    health.inform('anthropic', () => (this.lastFailed ? 'down' : this.simulated ? 'unconfigured' : 'up'));
  }

  async *stream(request: ChatRequest, signal: AbortSignal): AsyncIterable<ModelEvent> {
    let opened = false;
    let stopped = false;
    try {
      for await (const event of this.events(request, signal)) {
        opened = true;
        stopped = event.type === 'stopped';
        yield event;
      }
    } catch (error) {
      if (signal.aborted) return;
      this.lastFailed = true;
      throw toModelFailure(error, opened);
    }
    if (signal.aborted) return;
    this.lastFailed = !stopped;
    // The SDK ends a stream that was closed early as if nothing were amiss.
    if (!stopped) throw new ModelFailed('PROVIDER_ERROR', 'stream_ended_early', !opened);
  }

  /** Answers that run go on with the client they began with. */
  private reconnect(key: string | undefined): void {
    const endpoint = modelEndpoint({ ...this.config, ANTHROPIC_API_KEY: key });
    this.client = this.clientOf(endpoint);
    this.simulated = endpoint.simulated;
    this.lastFailed = false;
  }

  private clientOf({ apiKey, baseURL }: ModelEndpoint): Anthropic {
    return new Anthropic({
      apiKey,
      baseURL,
      timeout: this.config.ANTHROPIC_TIMEOUT_MS,
      maxRetries: this.config.ANTHROPIC_MAX_RETRIES,
      logLevel: 'off',
    });
  }

  private async *events(request: ChatRequest, signal: AbortSignal): AsyncIterable<ModelEvent> {
    const asked = this.client.messages
      .create(
        {
          model: request.model,
          max_tokens: this.maxTokens,
          system: request.system,
          messages: request.turns.map(({ role, text }) => ({ role, content: text })),
          metadata: { user_id: request.userId },
          stream: true,
        },
        { signal },
      )
      .withResponse();
    const { data, request_id: providerRequestId } = await Promise.race([asked, aborted(signal)]);
    let tokens: ModelTokens = { inputTokens: 0, outputTokens: 0 };
    let stop: ModelStop = 'end';
    for await (const event of data) {
      if (event.type === 'content_block_delta') {
        if (event.delta.type === 'text_delta') yield { type: 'text', text: event.delta.text };
      } else if (event.type === 'message_start') {
        tokens = tokensAtStart(event.message.usage);
        yield { type: 'opened', tokens, providerRequestId: providerRequestId ?? null };
      } else if (event.type === 'message_delta') {
        tokens = tokensAfter(tokens, event.usage);
        stop = toModelStop(event.delta.stop_reason);
      } else if (event.type === 'message_stop') {
        yield { type: 'stopped', stop, tokens };
      }
    }
  }
}

/** The SDK notices an abort only after the wait before its next attempt. */
function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_resolve, reject) => {
    signal.addEventListener('abort', () => reject(new Error('aborted')), { once: true });
  });
}

function tokensAtStart(usage: Started): ModelTokens {
  const { input_tokens, cache_creation_input_tokens, cache_read_input_tokens, output_tokens } = usage;
  return {
    inputTokens: input_tokens + (cache_creation_input_tokens ?? 0) + (cache_read_input_tokens ?? 0),
    outputTokens: output_tokens,
  };
}

/** Totals that replace those before; null means unchanged. `input_tokens` leaves out what the cache served. */
function tokensAfter(before: ModelTokens, usage: Changed): ModelTokens {
  const { input_tokens: input, cache_creation_input_tokens, cache_read_input_tokens, output_tokens } = usage;
  const inputTokens =
    input === null
      ? before.inputTokens
      : input + (cache_creation_input_tokens ?? 0) + (cache_read_input_tokens ?? 0);
  return { inputTokens, outputTokens: output_tokens };
}

function toModelStop(reason: Anthropic.StopReason | null): ModelStop {
  switch (reason) {
    case 'max_tokens':
      return 'max_tokens';
    case 'model_context_window_exceeded':
      return 'context_full';
    case 'refusal':
      return 'refusal';
    default:
      return 'end';
  }
}
