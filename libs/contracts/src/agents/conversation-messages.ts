import { Instant, Int, ListOf, Nested, OneOf, Text, Uuid } from '../fields';
import { PageRequest, pageOf } from '../page';
import { defineOperation } from '../rpc';

export const CHAT_ROLES = ['user', 'assistant'] as const;
export type ChatRole = (typeof CHAT_ROLES)[number];

/** `streaming` is alive, the rest terminal. */
export const CHAT_MESSAGE_STATUSES = ['streaming', 'complete', 'failed', 'cancelled'] as const;
export type ChatMessageStatus = (typeof CHAT_MESSAGE_STATUSES)[number];

/** Why the model stopped; `cancelled` when the person stopped it. */
export const STOP_REASONS = ['end', 'max_tokens', 'context_full', 'cancelled'] as const;
export type StopReason = (typeof STOP_REASONS)[number];

/** Why an answer failed. `INTERRUPTED`: the process that wrote it died or was stopped. */
export const ANSWER_FAILURES = [
  'PROVIDER_ERROR',
  'UPSTREAM_TIMEOUT',
  'REFUSED',
  'INTERRUPTED',
  'INTERNAL',
] as const;
export type AnswerFailure = (typeof ANSWER_FAILURES)[number];

export const MAX_CHAT_MESSAGE_CHARACTERS = 16_000;

export class TokenUsage {
  @Int({ min: 0 }) inputTokens: number;
  @Int({ min: 0 }) outputTokens: number;
}

export class ConversationMessage {
  @Uuid() id: string;
  @Uuid() conversationId: string;
  @Int({ min: 1, description: 'Place in the conversation, from 1' }) position: number;
  @OneOf(CHAT_ROLES) role: ChatRole;
  @OneOf(CHAT_MESSAGE_STATUSES) status: ChatMessageStatus;
  @Text({
    min: 0,
    max: 1_000_000,
    description: 'So far, while streaming',
    example: 'How do I answer when they say it costs too much?',
  })
  content: string;
  @Int({ min: 0, description: 'Characters (UTF-16 units) of `content`: where to resume' }) seq: number;
  @Text({ nullable: true, max: 80 }) model: string | null;
  @Nested(() => TokenUsage, { nullable: true }) usage: TokenUsage | null;
  @OneOf(STOP_REASONS, { nullable: true }) stopReason: StopReason | null;
  @OneOf(ANSWER_FAILURES, { nullable: true }) errorCode: AnswerFailure | null;
  @Text({ nullable: true, max: 128 }) clientMessageId: string | null;
  @Instant() createdAt: string;
  @Instant({ nullable: true }) completedAt: string | null;
}

export const ConversationMessagePage = pageOf(ConversationMessage);

/** What HTTP carries in the body; the conversation is in the path. */
export class SendChatMessageBody {
  @Text({ max: MAX_CHAT_MESSAGE_CHARACTERS, example: 'How do I answer "it is too expensive"?' }) text: string;

  @Text({
    optional: true,
    max: 128,
    description: "The client's own id: sending it again changes nothing",
    example: 'message-1',
  })
  clientMessageId?: string;

  @Text({
    optional: true,
    max: 60,
    description: 'Id or slug of the persona that answers from now on',
    example: 'closer',
  })
  agentId?: string;
}

export class SendChatMessageRequest extends SendChatMessageBody {
  @Uuid() conversationId: string;
}

/** The answer is being written: it arrives on the live topic and in the message log. */
export class MessageAccepted {
  @Uuid() conversationId: string;
  @Uuid() userMessageId: string;
  @Uuid({ description: 'The answer' }) messageId: string;
}

export class ConversationMessagesQuery extends PageRequest {
  @OneOf(['asc', 'desc'], { optional: true, description: 'Oldest first by default' })
  order?: 'asc' | 'desc';

  @Int({ optional: true, min: 0, description: 'Only messages after this position' })
  afterPosition?: number;
}

export class ConversationMessagesRequest extends ConversationMessagesQuery {
  @Uuid() conversationId: string;
}

export class AnswerIdRequest {
  @Uuid() messageId: string;
}

export class AnswerCancelled {
  @Uuid() conversationId: string;
  @Uuid() messageId: string;
  @OneOf(CHAT_MESSAGE_STATUSES, {
    description: '`streaming`: it will stop within seconds; or how it ended before',
  })
  status: ChatMessageStatus;
}

/** Without `messageId`: the answer being written now, if any. */
export class ResumeMessagesRequest {
  @Uuid() conversationId: string;

  @Uuid({ optional: true, description: 'The last answer the client saw a part of' })
  messageId?: string;

  @Int({ optional: true, min: 0, description: '`seq` of the last chunk seen of it; 0 by default' })
  afterSeq?: number;
}

export class ResumedMessage extends ConversationMessage {
  @Int({ min: 0, description: 'Where `text` begins' }) afterSeq: number;
  @Text({ min: 0, max: 1_000_000, description: 'What follows `afterSeq`; `seq` is where it ends' })
  text: string;
}

/**
 * What a client missed. Listen to the live topic first, resume second, then drop chunks whose `seq` is not above
 * `message.seq`; a chunk that starts beyond it (`seq - chunk.length > message.seq`) says: resume again.
 */
export class ResumedMessages {
  @Uuid() conversationId: string;
  @Nested(() => ResumedMessage, { nullable: true }) message: ResumedMessage | null;
  @ListOf(() => ConversationMessage, { description: 'Later messages, oldest first, at most 200' })
  later: ConversationMessage[];
}

export const sendMessage = defineOperation({
  name: 'agents.message.send',
  service: 'ai-agents',
  request: SendChatMessageRequest,
  response: MessageAccepted,
});

export const listMessages = defineOperation({
  name: 'agents.messages.list',
  service: 'ai-agents',
  request: ConversationMessagesRequest,
  response: ConversationMessagePage,
});

export const cancelMessage = defineOperation({
  name: 'agents.message.cancel',
  service: 'ai-agents',
  request: AnswerIdRequest,
  response: AnswerCancelled,
});

export const resumeMessages = defineOperation({
  name: 'agents.messages.resume',
  service: 'ai-agents',
  request: ResumeMessagesRequest,
  response: ResumedMessages,
});
