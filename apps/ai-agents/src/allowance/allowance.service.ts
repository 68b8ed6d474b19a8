import { Injectable, Logger } from '@nestjs/common';
import { AppError, releaseHold, takeHold, type UsageMeter } from '@parley/contracts';
import { RpcClient } from '@parley/messaging';

/** An answer is over long before; a hold that nobody ended lapses then. */
const PROMPT_SECONDS = 900;
/** A conversation counts with its first answer. Until then its place is kept for a day. */
const CONVERSATION_SECONDS = 86_400;
const AWAY = new Set(['unavailable', 'timeout']);

/**
 * What billing promises before the model is asked (BR-044, C-26). `agents.usage.recorded.v1` ends the hold. While
 * billing is away people are answered all the same: what they use is told once it is back.
 */
@Injectable()
export class Allowance {
  private readonly logger = new Logger('Allowance');

  constructor(private readonly rpc: RpcClient) {}

  /** @throws PaymentRequired, 402 USAGE_EXCEEDED or PLAN_REQUIRED, when the plan has no prompt left */
  forPrompt(aiRequestId: string): Promise<void> {
    return this.take(`ai_prompt:${aiRequestId}`, 'ai_prompts', PROMPT_SECONDS);
  }

  /**
   * Asked for when it begins, and again before its first answer: its place may have lapsed.
   * @throws PaymentRequired, 402 USAGE_EXCEEDED or PLAN_REQUIRED, when the plan has no conversation left
   */
  async forConversation(id: string): Promise<void> {
    try {
      await this.take(`ai_conversation:${id}`, 'ai_conversations', CONVERSATION_SECONDS);
    } catch (error) {
      // Counted already: an answer of it was told meanwhile.
      if (!(error instanceof AppError) || error.kind !== 'conflict') throw error;
    }
  }

  /** Gives back what was not needed; where that fails it lapses by itself. */
  async release(kind: 'ai_prompt' | 'ai_conversation', id: string): Promise<void> {
    try {
      await this.rpc.call(releaseHold, { source: `${kind}:${id}` });
    } catch (error) {
      this.logger.debug({ err: error }, 'a hold was left to lapse');
    }
  }

  private async take(source: string, meter: UsageMeter, expiresInSeconds: number): Promise<void> {
    try {
      await this.rpc.call(takeHold, { source, meter, quantity: 1, expiresInSeconds });
    } catch (error) {
      if (!(error instanceof AppError) || !AWAY.has(error.kind)) throw error;
      this.logger.warn({ err: error, source }, 'billing is away: answered without a hold');
    }
  }
}
