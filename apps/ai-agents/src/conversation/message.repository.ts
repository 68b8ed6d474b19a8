import { Injectable } from '@nestjs/common';
import type { Locale } from '@parley/contracts';
import { Database } from '@parley/persistence';
import type { HistoryMessage } from '../answer/history';
import type { MessageRecord } from './conversation';

const MESSAGE = `SELECT m.id, m.conversation_id AS "conversationId", m.position, m.role, m.status, m.content,
    m.client_message_id AS "clientMessageId", m.model, m.tokens_in AS "inputTokens", m.tokens_out AS "outputTokens",
    m.stop_reason AS "stopReason", m.error_code AS "errorCode", m.created_at AS "createdAt",
    m.completed_at AS "completedAt"
  FROM messages m`;

export interface NewExchange {
  tenantId: string;
  userId: string;
  conversationId: string;
  personaId: string;
  /** Of the conversation, if it has none. */
  title: string;
  question: { id: string; position: number; text: string; clientMessageId: string | null };
  answer: { id: string; model: string; provider: string; aiRequestId: string; promptTokens: number };
  locale: Locale;
}

@Injectable()
export class MessageRepository {
  constructor(private readonly database: Database) {}

  /** Question, placeholder of the answer and model request, in one round trip. */
  async addExchange(exchange: NewExchange): Promise<void> {
    const { tenantId, userId, conversationId, personaId, title, question, answer, locale } = exchange;
    await this.database.execute(
      `WITH question AS (
         INSERT INTO messages (id, tenant_id, conversation_id, user_id, position, role, status, content, seq, search,
           client_message_id, locale, completed_at)
         VALUES ($1, $2, $3, $4, $5, 'user', 'complete', $6, $7, to_tsvector('simple', $6), $8, $9, now())
       ), answer AS (
         INSERT INTO messages (id, tenant_id, conversation_id, user_id, position, role, status, reply_to, request_id,
           model, locale, heartbeat_at)
         VALUES ($10, $2, $3, $4, $5 + 1, 'assistant', 'streaming', $1, $11, $12, $9, now())
       ), request AS (
         INSERT INTO ai_requests (id, tenant_id, user_id, conversation_id, message_id, feature, provider, model, tokens_in)
         VALUES ($11, $2, $4, $3, $10, 'chat', $13, $12, $14)
       )
       UPDATE conversations SET message_count = $5 + 1, last_message_at = now(), updated_at = now(),
         title = coalesce(title, $15), persona_id = $16
       WHERE id = $3`,
      [
        question.id,
        tenantId,
        conversationId,
        userId,
        question.position,
        question.text,
        question.text.length,
        question.clientMessageId,
        locale,
        answer.id,
        answer.aiRequestId,
        answer.model,
        answer.provider,
        answer.promptTokens,
        title,
        personaId,
      ],
    );
  }

  async findExchange(
    conversationId: string,
    clientMessageId: string,
  ): Promise<{ userMessageId: string; messageId: string } | undefined> {
    const [found] = await this.database.query<{ userMessageId: string; messageId: string }>(
      `SELECT q.id AS "userMessageId", a.id AS "messageId" FROM messages q JOIN messages a ON a.reply_to = q.id
       WHERE q.conversation_id = $1 AND q.client_message_id = $2`,
      [conversationId, clientMessageId],
    );
    return found;
  }

  /** Whether the conversation is being answered, and how many messages the person sent within a minute. */
  async pressure(
    conversationId: string,
    userId: string,
  ): Promise<{ answering: boolean; sent: number; retryAfterSeconds: number }> {
    const [found] = await this.database.query<{
      answering: boolean;
      sent: number;
      retryAfterSeconds: number;
    }>(
      `SELECT EXISTS (SELECT 1 FROM messages WHERE conversation_id = $1 AND status = 'streaming') AS answering,
         count(*)::int AS sent,
         greatest(1, ceil(60 - extract(epoch FROM now() - min(created_at))))::int AS "retryAfterSeconds"
       FROM messages WHERE user_id = $2 AND role = 'user' AND created_at > now() - interval '1 minute'`,
      [conversationId, userId],
    );
    return found ?? { answering: false, sent: 0, retryAfterSeconds: 1 };
  }

  newestForModel(conversationId: string, limit: number): Promise<HistoryMessage[]> {
    return this.database.query<HistoryMessage>(
      `SELECT role, status, content, error_code AS "errorCode" FROM messages
       WHERE conversation_id = $1 ORDER BY position DESC LIMIT $2`,
      [conversationId, limit],
    );
  }

  list(conversationId: string, from: { order: 'asc' | 'desc'; after: number | undefined; limit: number }) {
    const [comparison, direction] = from.order === 'asc' ? ['>', 'ASC'] : ['<', 'DESC'];
    return this.database.query<MessageRecord>(
      `${MESSAGE} WHERE m.conversation_id = $1 AND ($2::int IS NULL OR m.position ${comparison} $2::int)
       ORDER BY m.position ${direction} LIMIT $3`,
      [conversationId, from.after ?? null, from.limit],
    );
  }

  async find(id: string, userId: string): Promise<MessageRecord | undefined> {
    const [found] = await this.database.query<MessageRecord>(
      `${MESSAGE} JOIN conversations c ON c.id = m.conversation_id
       WHERE m.id = $1 AND c.user_id = $2 AND c.deleted_at IS NULL`,
      [id, userId],
    );
    return found;
  }

  async findRunning(conversationId: string): Promise<MessageRecord | undefined> {
    const [found] = await this.database.query<MessageRecord>(
      `${MESSAGE} WHERE m.conversation_id = $1 AND m.status = 'streaming'`,
      [conversationId],
    );
    return found;
  }

  /** Whoever writes the answer stops when it next saves. */
  async requestCancel(id: string): Promise<void> {
    await this.database.execute(
      `UPDATE messages SET cancel_requested_at = now() WHERE id = $1 AND status = 'streaming'`,
      [id],
    );
  }
}
