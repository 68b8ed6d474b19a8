import { Injectable } from '@nestjs/common';
import { Database } from '@parley/persistence';
import { type PersonaRecord } from '../persona/persona';
import { PERSONA_COLUMNS } from '../persona/persona.repository';
import type { ConversationRecord } from './conversation';

const CONVERSATION = `SELECT c.id, c.title, c.procedure_id AS "procedureId", c.procedure_type AS "procedureType",
    c.metadata, c.message_count AS "messageCount", c.last_message_at AS "lastMessageAt", c.created_at AS "createdAt",
    c.active_at::text AS "activeAt", p.id AS "personaId", p.slug AS "personaSlug", p.name AS "personaName",
    p.translations AS "personaTranslations"
  FROM conversations c JOIN personas p ON p.id = c.persona_id`;

export interface NewConversation {
  id: string;
  tenantId: string;
  userId: string;
  personaId: string;
  title: string | null;
  procedureId: string | null;
  procedureType: string | null;
  metadata: Record<string, unknown>;
}

export interface ListConversations {
  userId: string;
  q: string | undefined;
  after: string[] | undefined;
  limit: number;
}

/** Every question names the person: row security keeps tenants apart, not colleagues. */
@Injectable()
export class ConversationRepository {
  constructor(private readonly database: Database) {}

  async add(conversation: NewConversation): Promise<void> {
    const { id, tenantId, userId, personaId, title, procedureId, procedureType, metadata } = conversation;
    await this.database.execute(
      `INSERT INTO conversations (id, tenant_id, user_id, persona_id, title, procedure_id, procedure_type, metadata)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
      [id, tenantId, userId, personaId, title, procedureId, procedureType, JSON.stringify(metadata)],
    );
  }

  async find(id: string, userId: string): Promise<ConversationRecord | undefined> {
    const [found] = await this.database.query<ConversationRecord>(
      `${CONVERSATION} WHERE c.id = $1 AND c.user_id = $2 AND c.deleted_at IS NULL`,
      [id, userId],
    );
    return found;
  }

  /**
   * Last active first. Words are looked up among the person's own rows, found by index: a GIN index on the text would
   * not be used under row security, since text matching is not leak-proof.
   */
  list({ userId, q, after, limit }: ListConversations): Promise<ConversationRecord[]> {
    const [activeAt = null, id = null] = after ?? [];
    return this.database.query<ConversationRecord>(
      `${CONVERSATION}
       WHERE c.user_id = $1 AND c.deleted_at IS NULL
         AND ($2::timestamptz IS NULL OR (c.active_at, c.id) < ($2::timestamptz, $3::uuid))
         AND ($4::text IS NULL OR to_tsvector('simple', coalesce(c.title, '')) @@ websearch_to_tsquery('simple', $4)
           OR EXISTS (SELECT 1 FROM messages m
             WHERE m.conversation_id = c.id AND m.search @@ websearch_to_tsquery('simple', $4)))
       ORDER BY c.active_at DESC, c.id DESC LIMIT $5`,
      [userId, activeAt, id, q ?? null, limit],
    );
  }

  /** Holds the conversation, and the person's turn to write, until the transaction ends. */
  async lockToWrite(
    id: string,
    userId: string,
  ): Promise<(PersonaRecord & { metadata: Record<string, unknown>; messageCount: number }) | undefined> {
    const [found] = await this.database.query<
      PersonaRecord & { metadata: Record<string, unknown>; messageCount: number }
    >(
      `SELECT ${PERSONA_COLUMNS}, c.metadata, c.message_count AS "messageCount",
         pg_advisory_xact_lock(hashtextextended($2::text, 0))
       FROM conversations c JOIN personas p ON p.id = c.persona_id
       WHERE c.id = $1 AND c.user_id = $2::uuid AND c.deleted_at IS NULL FOR UPDATE OF c`,
      [id, userId],
    );
    return found;
  }

  /** Whether anything of it was answered, so that it counts; undefined when there is no such conversation. */
  async isAnswered(id: string, userId: string): Promise<boolean | undefined> {
    const [found] = await this.database.query<{ answered: boolean }>(
      `SELECT EXISTS (SELECT FROM messages m WHERE m.conversation_id = c.id AND m.tokens_out > 0) AS answered
       FROM conversations c WHERE c.id = $1 AND c.user_id = $2 AND c.deleted_at IS NULL`,
      [id, userId],
    );
    return found?.answered;
  }

  /** The answer that was being written, if one was; undefined when there is no such conversation. */
  async remove(id: string, userId: string): Promise<{ answering: string | null } | undefined> {
    const [removed] = await this.database.query<{ answering: string | null }>(
      `UPDATE conversations SET deleted_at = now(), updated_at = now()
       WHERE id = $1 AND user_id = $2 AND deleted_at IS NULL
       RETURNING (SELECT m.id FROM messages m WHERE m.conversation_id = $1 AND m.status = 'streaming') AS answering`,
      [id, userId],
    );
    return removed;
  }
}
