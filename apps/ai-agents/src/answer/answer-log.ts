import { Injectable, Logger, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import { Database } from '@parley/persistence';
import { AnswerRepository } from './answer.repository';
import type { RunningAnswer } from './running-answer';
import { RunningAnswers } from './running-answers';

/** A crash loses no more than this much of an answer. */
const SAVE_INTERVAL_MS = 250;

/** An answer that has nothing new still gives a sign of life this often; far below the lease. */
const HEARTBEAT_MS = 2_000;

/** Keeps the message log up to date with the answers being written: one statement for all of them. */
@Injectable()
export class AnswerLog implements OnModuleInit, OnApplicationShutdown {
  private readonly logger = new Logger('AnswerLog');
  private timer: NodeJS.Timeout | undefined;
  private saving: Promise<void> | undefined;

  constructor(
    private readonly database: Database,
    private readonly repository: AnswerRepository,
    private readonly running: RunningAnswers,
  ) {}

  onModuleInit(): void {
    this.timer = setInterval(() => {
      this.saving ??= this.save().finally(() => (this.saving = undefined));
    }, SAVE_INTERVAL_MS);
    this.timer.unref();
  }

  async onApplicationShutdown(): Promise<void> {
    clearInterval(this.timer);
    await this.saving;
  }

  private async save(): Promise<void> {
    const now = Date.now();
    const due = this.running
      .all()
      .filter(({ text, saved }) => text.length > saved.seq || now - saved.at >= HEARTBEAT_MS);
    if (due.length === 0) return;
    const seqs = due.map(({ text }) => text.length);
    try {
      const alive = await this.database.system('save the progress of answers', () =>
        this.repository.saveProgress(due),
      );
      const found = new Map(alive.map(({ id, cancelRequested }) => [id, cancelRequested]));
      due.forEach((answer, index) =>
        this.note(answer, seqs[index] ?? 0, now, found.get(answer.task.messageId)),
      );
    } catch (error) {
      this.logger.warn({ err: error, answers: due.length }, 'the progress of answers was not saved');
    }
  }

  private note(answer: RunningAnswer, seq: number, at: number, cancelRequested: boolean | undefined): void {
    answer.saved = { seq, at };
    if (cancelRequested) answer.interrupt('cancelled');
    // Ended by another process, or by this one a moment ago, and then this changes nothing.
    else if (cancelRequested === undefined) answer.interrupt('lost');
  }
}
