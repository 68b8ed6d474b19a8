import { Injectable } from '@nestjs/common';
import type { Interruption, RunningAnswer } from './running-answer';

/** The answers this process is writing now. */
@Injectable()
export class RunningAnswers {
  private readonly answers = new Map<string, RunningAnswer>();

  add(answer: RunningAnswer): void {
    this.answers.set(answer.task.messageId, answer);
  }

  remove(messageId: string): void {
    this.answers.delete(messageId);
  }

  all(): RunningAnswer[] {
    return [...this.answers.values()];
  }

  /** Newer than the message log, which follows within a quarter of a second. */
  textOf(messageId: string): string | undefined {
    return this.answers.get(messageId)?.text;
  }

  /** Resolves once the answer has ended; false when another process is writing it. */
  async interrupt(messageId: string, reason: Interruption): Promise<boolean> {
    const answer = this.answers.get(messageId);
    if (!answer) return false;
    answer.interrupt(reason);
    await answer.ended;
    return true;
  }
}
