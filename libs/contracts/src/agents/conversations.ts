import { Instant, Int, Json, ListOf, Nested, OneOf, Text, Uuid } from '../fields';
import { PageRequest, pageOf } from '../page';
import { defineOperation, Nothing } from '../rpc';
import { ConversationMessage } from './conversation-messages';

export const PROCEDURE_TYPES = ['dental', 'aesthetic'] as const;
export type ProcedureType = (typeof PROCEDURE_TYPES)[number];

export class ConversationPersona {
  @Uuid() id: string;
  @Text({ max: 60, example: 'closer' }) slug: string;
  @Text({ max: 120, example: 'The Closer' }) name: string;
}

/** Private to the person who started it. */
export class Conversation {
  @Uuid() id: string;
  @Text({ nullable: true, max: 200, description: 'Taken from the first message when not given' })
  title: string | null;
  @Nested(() => ConversationPersona) persona: ConversationPersona;
  @Uuid({ nullable: true }) procedureId: string | null;
  @OneOf(PROCEDURE_TYPES, { nullable: true }) procedureType: ProcedureType | null;
  @Json() metadata: Record<string, unknown>;
  @Int({ min: 0 }) messageCount: number;
  @Instant({ nullable: true }) lastMessageAt: string | null;
  @Instant() createdAt: string;
}

export class ConversationWithMessages extends Conversation {
  @ListOf(() => ConversationMessage, { description: 'The newest 50, oldest first' })
  messages: ConversationMessage[];

  @Text({
    nullable: true,
    max: 512,
    description: 'For older ones: `cursor` of the messages with `order=desc`',
  })
  olderCursor: string | null;
}

export const ConversationPage = pageOf(Conversation);

export class ListConversationsRequest extends PageRequest {
  @Text({ optional: true, max: 200, description: 'Words in the title or the messages' }) q?: string;
}

/** One of `personaId` and `agentId` is needed; they mean the same (design 000 says agent). */
export class CreateConversationRequest {
  @Text({ optional: true, max: 60, description: 'Id or slug', example: 'closer' }) personaId?: string;
  @Text({ optional: true, max: 60, description: 'As `personaId`', example: 'closer' }) agentId?: string;
  @Text({ optional: true, max: 200, example: 'Objections about price' }) title?: string;
  @Uuid({ optional: true }) procedureId?: string;
  @OneOf(PROCEDURE_TYPES, { optional: true }) procedureType?: ProcedureType;

  @Json({
    optional: true,
    description: '`procedureContext` (`name`, …) becomes part of what the persona knows. At most 16 kB',
    example: { procedureContext: { name: 'YOMI Implants' } },
  })
  metadata?: Record<string, unknown>;
}

export class ConversationIdRequest {
  @Uuid() id: string;
}

export const EXPORT_FORMATS = ['json', 'md', 'txt'] as const;
export type ExportFormat = (typeof EXPORT_FORMATS)[number];

export class ExportConversationQuery {
  @OneOf(EXPORT_FORMATS, { optional: true, description: '`json` by default' }) format?: ExportFormat;
}

export class ExportConversationRequest extends ExportConversationQuery {
  @Uuid() id: string;
}

export class ConversationExport {
  @Text({ max: 255 }) fileName: string;
  @Text({ max: 100, example: 'text/markdown; charset=utf-8' }) contentType: string;
  @Text({ min: 0, max: 100_000_000 }) content: string;
}

export const listConversations = defineOperation({
  name: 'agents.conversations.list',
  service: 'ai-agents',
  request: ListConversationsRequest,
  response: ConversationPage,
});

export const createConversation = defineOperation({
  name: 'agents.conversation.create',
  service: 'ai-agents',
  request: CreateConversationRequest,
  response: Conversation,
});

export const getConversation = defineOperation({
  name: 'agents.conversation.get',
  service: 'ai-agents',
  request: ConversationIdRequest,
  response: ConversationWithMessages,
});

export const deleteConversation = defineOperation({
  name: 'agents.conversation.delete',
  service: 'ai-agents',
  request: ConversationIdRequest,
  response: Nothing,
});

export const exportConversation = defineOperation({
  name: 'agents.conversation.export',
  service: 'ai-agents',
  request: ExportConversationRequest,
  response: ConversationExport,
  timeoutMs: 15_000,
});
