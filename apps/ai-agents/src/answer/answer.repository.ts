import { Injectable } from '@nestjs/common';
import type { AnswerFailure, Locale } from '@parley/contracts';
import { Database } from '@parley/persistence';
import type { AnswerOutcome } from './answer-outcome';
import type { RunningAnswer } from './running-answer';

export interface AbandonedAnswer {
  id: string;
  tenantId: string;
  userId: string;
  conversationId: string;
  aiRequestId: string;
  content: string;
  locale: Locale;
}

/** The part of the message log that is being written. */
@Injectable()
export class AnswerRepository {
  constructor(private readonly database: Database) {}

  /** Progress of many answers, and a sign of life, in one statement. Those that have ended are not in the result. */
  saveProgress(answers: readonly RunningAnswer[]): Promise<{ id: string; cancelRequested: boolean }[]> {
    const texts = answers.map(({ text }) => text);
    return this.database.query(
      `UPDATE messages m SET content = v.content, seq = v.seq, heartbeat_at = now()
       FROM unnest($1::uuid[], $2::text[], $3::int[]) AS v (id, content, seq)
       WHERE m.id = v.id AND m.status = 'streaming'
       RETURNING m.id, m.cancel_requested_at IS NOT NULL AS "cancelRequested"`,
      [answers.map(({ task }) => task.messageId), texts, texts.map(({ length }) => length)],
    );
  }

  /** Whether the answer was still running: an answer ends once. */
  async finish(messageId: string, text: string, outcome: AnswerOutcome): Promise<boolean> {
    const { status, stopReason, errorCode, tokens } = outcome;
    const ended = await this.database.execute(
      `UPDATE messages SET status = $2, content = $3, seq = $4, search = to_tsvector('simple', left($3, 200000)),
         stop_reason = $5, error_code = $6, tokens_in = $7, tokens_out = $8, completed_at = now()
       WHERE id = $1 AND status = 'streaming'`,
      [messageId, status, text, text.length, stopReason, errorCode, tokens.inputTokens, tokens.outputTokens],
    );
    return ended === 1;
  }

  /** Fails what no living process writes any more. */
  failAbandoned(leaseMs: number, except: readonly string[], code: AnswerFailure): Promise<AbandonedAnswer[]> {
    return this.database.query<AbandonedAnswer>(
      `UPDATE messages SET status = 'failed', error_code = $3, completed_at = now(),
         search = to_tsvector('simple', left(content, 200000))
       WHERE status = 'streaming' AND heartbeat_at < now() - $1 * interval '1 millisecond' AND NOT id = ANY ($2::uuid[])
       RETURNING id, tenant_id AS "tenantId", user_id AS "userId", conversation_id AS "conversationId",
         request_id AS "aiRequestId", content, locale`,
      [leaseMs, except, code],
    );
  }
}
