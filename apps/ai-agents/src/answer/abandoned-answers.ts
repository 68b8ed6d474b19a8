import {
  Inject,
  Injectable,
  Logger,
  type OnApplicationBootstrap,
  type OnApplicationShutdown,
} from '@nestjs/common';
import { conversationTopic, newId, runAs, systemCaller } from '@parley/contracts';
import type { Transport } from '@parley/messaging';
import { Database } from '@parley/persistence';
import { CONFIG, TRANSPORT } from '@parley/platform';
import type { AgentsConfig } from '../config';
import { AiUsage } from '../model/ai-usage';
import { failureText } from './answer-outcome';
import { type AbandonedAnswer, AnswerRepository } from './answer.repository';
import { estimateTokens } from './history';
import { RunningAnswers } from './running-answers';

/** Ends the answers of processes that died, so that none streams for ever. */
@Injectable()
export class AbandonedAnswers implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly logger = new Logger('AbandonedAnswers');
  private timer: NodeJS.Timeout | undefined;
  private sweeping: Promise<void> | undefined;

  constructor(
    @Inject(CONFIG) private readonly config: AgentsConfig,
    @Inject(TRANSPORT) private readonly transport: Transport,
    private readonly database: Database,
    private readonly repository: AnswerRepository,
    private readonly running: RunningAnswers,
    private readonly usage: AiUsage,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    this.timer = setInterval(() => void this.sweepOnce(), this.config.CHAT_SWEEP_INTERVAL_MS);
    this.timer.unref();
    await this.sweepOnce();
  }

  async onApplicationShutdown(): Promise<void> {
    clearInterval(this.timer);
    await this.sweeping;
  }

  private sweepOnce(): Promise<void> {
    this.sweeping ??= runAs(systemCaller(newId()), () => this.sweep())
      .catch((error: unknown) => this.logger.warn({ err: error }, 'abandoned answers were not looked for'))
      .finally(() => (this.sweeping = undefined));
    return this.sweeping;
  }

  private async sweep(): Promise<void> {
    const own = this.running.all().map(({ task }) => task.messageId);
    const abandoned = await this.database.system('end abandoned answers', async () => {
      const answers = await this.repository.failAbandoned(this.config.CHAT_LEASE_MS, own, 'INTERRUPTED');
      for (const answer of answers) await this.recordUsage(answer);
      return answers;
    });
    for (const answer of abandoned) this.announce(answer);
    if (abandoned.length > 0) this.logger.warn({ answers: abandoned.length }, 'ended abandoned answers');
  }

  private recordUsage({ aiRequestId, content, tenantId }: AbandonedAnswer): Promise<void> {
    const outputTokens = estimateTokens(content.length);
    const request = { id: aiRequestId, status: 'interrupted' as const, outputTokens, estimated: true };
    return this.usage.record(request, tenantId);
  }

  private announce({ id, conversationId, content, locale, aiRequestId }: AbandonedAnswer): void {
    this.transport.sendLive(conversationTopic(conversationId), {
      type: 'error',
      conversationId,
      messageId: id,
      seq: content.length,
      code: 'INTERRUPTED',
      message: failureText('INTERRUPTED', locale),
      requestId: aiRequestId,
    });
  }
}
