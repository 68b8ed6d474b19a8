import type { Conversation, ConversationMessage, Locale, Page, ResumedMessage } from '@parley/contracts';
import type { PersonaRecord } from '../persona/persona';

export interface ConversationRecord {
  id: string;
  title: string | null;
  procedureId: string | null;
  procedureType: Conversation['procedureType'];
  metadata: Record<string, unknown>;
  messageCount: number;
  lastMessageAt: Date | null;
  createdAt: Date;
  /** Sort key with all its digits, which a Date would lose. */
  activeAt: string;
  personaId: string;
  personaSlug: string;
  personaName: string;
  personaTranslations: PersonaRecord['translations'];
}

export function toConversation(record: ConversationRecord, locale: Locale): Conversation {
  const { id, title, procedureId, procedureType, metadata, messageCount, lastMessageAt, createdAt } = record;
  return {
    id,
    title,
    persona: {
      id: record.personaId,
      slug: record.personaSlug,
      name: record.personaTranslations[locale]?.name ?? record.personaName,
    },
    procedureId,
    procedureType,
    metadata,
    messageCount,
    lastMessageAt: lastMessageAt?.toISOString() ?? null,
    createdAt: createdAt.toISOString(),
  };
}

export interface MessageRecord {
  id: string;
  conversationId: string;
  position: number;
  role: ConversationMessage['role'];
  status: ConversationMessage['status'];
  content: string;
  clientMessageId: string | null;
  model: string | null;
  inputTokens: number | null;
  outputTokens: number | null;
  stopReason: ConversationMessage['stopReason'];
  errorCode: ConversationMessage['errorCode'];
  createdAt: Date;
  completedAt: Date | null;
}

/** @param newer text of an answer that this process is writing, ahead of the log */
export function toMessage(record: MessageRecord, newer?: string): ConversationMessage {
  const { inputTokens, outputTokens, createdAt, completedAt, ...same } = record;
  const content = record.status === 'streaming' ? (newer ?? record.content) : record.content;
  return {
    ...same,
    content,
    seq: content.length,
    usage: inputTokens === null || outputTokens === null ? null : { inputTokens, outputTokens },
    createdAt: createdAt.toISOString(),
    completedAt: completedAt?.toISOString() ?? null,
  };
}

export function resumedAfter(message: ConversationMessage, afterSeq: number): ResumedMessage {
  return { ...message, afterSeq, text: message.content.slice(afterSeq) };
}

/** The newest page, turned round for reading. */
export function readable({ data, nextCursor }: Page<ConversationMessage>): {
  messages: ConversationMessage[];
  olderCursor: string | null;
} {
  return { messages: [...data].reverse(), olderCursor: nextCursor };
}

/** A title from the first words of a conversation. */
export function titleFrom(text: string): string {
  const line = text.replace(/\s+/g, ' ').trim();
  if (line.length <= 60) return line;
  return `${line.slice(0, 59).replace(/\s+\S*$/, '')}…`;
}
