import { Int, Json, MAX_CHAT_MESSAGE_CHARACTERS, Text, Uuid } from '@parley/contracts';

/** What clients send over sockets (REQUIREMENTS 8 and "Read first" 4). */
export class MessageInput {
  @Uuid() conversationId: string;
  @Text({ max: MAX_CHAT_MESSAGE_CHARACTERS }) message: string;
  @Text({ optional: true, max: 64 }) agentId?: string;
  @Json({ optional: true }) metadata?: Record<string, unknown>;
  @Text({ optional: true, max: 64, description: 'Sent twice, a message with the same id is taken once' })
  clientMessageId?: string;
}

export class NewConversationInput {
  @Text({ max: 64, description: 'Persona by id or slug' }) agentId: string;
  @Text({ optional: true, max: 200 }) title?: string;
}

export class JoinInput {
  @Uuid() conversationId: string;
  @Uuid({ optional: true, description: 'The answer that was being streamed' }) messageId?: string;
  @Int({ optional: true, min: 0, description: 'Last chunk seen of it' }) afterSeq?: number;
}

export class LeaveInput {
  @Uuid() conversationId: string;
}

export class CancelInput {
  @Uuid() messageId: string;
}

export class RefreshInput {
  @Text({ max: 8192 }) token: string;
}

/** Events that carry a bare id. */
export class IdInput {
  @Text({ max: 64 }) id: string;
}
