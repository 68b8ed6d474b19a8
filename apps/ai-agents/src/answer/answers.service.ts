import { setTimeout as pause } from 'node:timers/promises';
import { Inject, Injectable, Logger, type OnModuleDestroy } from '@nestjs/common';
import { type ConversationLiveEvent, conversationTopic, runAs } from '@parley/contracts';
import type { Transport } from '@parley/messaging';
import { Database } from '@parley/persistence';
import { CONFIG, TRANSPORT } from '@parley/platform';
import type { AgentsConfig } from '../config';
import { AiUsage } from '../model/ai-usage';
import { NEEDS_A_PERSON, toModelFailure } from '../model/anthropic-failure';
import { ChatModel, type ModelFailed } from '../model/chat-model';
import { answersEnded, firstToken } from './answer.metrics';
import { type AnswerOutcome, failureText, outcomeOf } from './answer-outcome';
import { AnswerRepository } from './answer.repository';
import { type AnswerTask, RunningAnswer } from './running-answer';
import { RunningAnswers } from './running-answers';

/** Waits before each further try at storing how an answer ended. */
const STORE_RETRIES_MS = [100, 500, 2_000, 5_000];

/** Writes answers. Nobody needs to listen: an answer goes on when its reader has left. */
@Injectable()
export class Answers implements OnModuleDestroy {
  private readonly logger = new Logger('Answers');

  constructor(
    @Inject(CONFIG) private readonly config: AgentsConfig,
    @Inject(TRANSPORT) private readonly transport: Transport,
    private readonly database: Database,
    private readonly repository: AnswerRepository,
    private readonly running: RunningAnswers,
    private readonly usage: AiUsage,
    private readonly model: ChatModel,
  ) {}

  /** Call once the placeholder is committed. */
  begin(task: AnswerTask): void {
    const answer = new RunningAnswer(task, (event) => this.publish(event));
    this.running.add(answer);
    answer.ended = runAs(task.caller, () => this.write(answer)).finally(() =>
      this.running.remove(task.messageId),
    );
  }

  /** Lets running answers finish, within the grace period; the rest is marked as interrupted. */
  async onModuleDestroy(): Promise<void> {
    const ended = Promise.all(this.running.all().map((answer) => answer.ended));
    const grace = new AbortController();
    await Promise.race([
      ended,
      pause(this.config.CHAT_SHUTDOWN_GRACE_MS, undefined, { signal: grace.signal }).catch(() => undefined),
    ]);
    grace.abort();
    for (const answer of this.running.all()) answer.interrupt('shutdown');
    await ended;
  }

  private async write(answer: RunningAnswer): Promise<void> {
    try {
      const failure = await this.listen(answer);
      answer.flush();
      if (answer.interruption === 'lost') return;
      const outcome = outcomeOf(answer, failure);
      if (await this.store(answer, outcome)) this.announce(answer, outcome);
    } catch (error) {
      this.logger.error(
        { err: error, messageId: answer.task.messageId },
        'an answer was not stored; it will count as interrupted',
      );
    }
  }

  private async listen(answer: RunningAnswer): Promise<ModelFailed | undefined> {
    const { conversationId, messageId, userMessageId, request } = answer.task;
    this.publish({ type: 'start', conversationId, messageId, userMessageId, seq: 0, model: request.model });
    let idle: NodeJS.Timeout | undefined;
    try {
      for await (const event of this.model.stream(request, answer.signal)) {
        answer.take(event);
        if (idle) idle.refresh();
        else idle = setTimeout(() => answer.interrupt('idle'), this.config.CHAT_IDLE_TIMEOUT_MS);
      }
      return undefined;
    } catch (error) {
      const failure = toModelFailure(error, answer.opened !== undefined);
      const level = NEEDS_A_PERSON.has(failure.errorType) ? 'error' : 'warn';
      this.logger[level]({ err: failure, messageId, model: request.model }, 'the model failed');
      return failure;
    } finally {
      clearTimeout(idle);
    }
  }

  /** False when the answer had ended elsewhere. */
  private async store(answer: RunningAnswer, outcome: AnswerOutcome): Promise<boolean> {
    for (const wait of STORE_RETRIES_MS) {
      try {
        return await this.storeOnce(answer, outcome);
      } catch (error) {
        this.logger.warn(
          { err: error, messageId: answer.task.messageId },
          'storing an answer will be tried again',
        );
        await pause(wait);
      }
    }
    return this.storeOnce(answer, outcome);
  }

  private storeOnce(answer: RunningAnswer, outcome: AnswerOutcome): Promise<boolean> {
    const { tenantId, messageId, aiRequestId } = answer.task;
    return this.database.forTenant(tenantId, async () => {
      const ended = await this.repository.finish(messageId, answer.text, outcome);
      const request = {
        id: aiRequestId,
        status: outcome.requestStatus,
        ...outcome.tokens,
        estimated: outcome.estimated,
        errorType: outcome.errorType,
        providerRequestId: answer.providerRequestId,
        firstTokenMs: answer.firstTokenMs ?? null,
      };
      await this.usage.record(request, tenantId);
      return ended;
    });
  }

  private announce(answer: RunningAnswer, outcome: AnswerOutcome): void {
    const { task, text, firstTokenMs } = answer;
    const { conversationId, messageId, caller, request } = task;
    const about = { conversationId, messageId, seq: text.length };
    answersEnded.inc({ outcome: outcome.requestStatus });
    if (firstTokenMs !== undefined) firstToken.observe(firstTokenMs / 1000);
    if (outcome.errorCode) {
      const message = failureText(outcome.errorCode, caller.locale);
      this.publish({
        ...about,
        type: 'error',
        code: outcome.errorCode,
        message,
        requestId: caller.requestId,
      });
    } else {
      const stopReason = outcome.stopReason ?? 'end';
      this.publish({
        ...about,
        type: 'complete',
        content: text,
        model: request.model,
        usage: outcome.tokens,
        stopReason,
      });
    }
    this.logger.log(
      {
        messageId,
        model: request.model,
        ...outcome,
        firstTokenMs,
        durationMs: Math.round(performance.now() - answer.startedAt),
      },
      'answer ended',
    );
  }

  private publish(event: ConversationLiveEvent): void {
    this.transport.sendLive(conversationTopic(event.conversationId), event);
  }
}
