import { Injectable } from '@nestjs/common';
import {
  type ConversationMessage,
  type ConversationMessagesRequest,
  decodeCursor,
  DEFAULT_PAGE_SIZE,
  Invalid,
  type Page,
  type ResumedMessages,
  type ResumeMessagesRequest,
  toPage,
} from '@parley/contracts';
import { Database } from '@parley/persistence';
import { RunningAnswers } from '../answer/running-answers';
import { type MessageRecord, resumedAfter, toMessage } from './conversation';
import { ConversationNotFound, MessageNotFound } from './conversation.errors';
import { ConversationRepository } from './conversation.repository';
import { MessageRepository } from './message.repository';
import { currentPerson } from './owner';

/** Messages after the resumed one that come along. */
const MAX_LATER = 200;

/** The durable log of what was said: the truth behind the live stream. */
@Injectable()
export class MessageLog {
  constructor(
    private readonly database: Database,
    private readonly conversations: ConversationRepository,
    private readonly messages: MessageRepository,
    private readonly running: RunningAnswers,
  ) {}

  async list(request: ConversationMessagesRequest): Promise<Page<ConversationMessage>> {
    const { conversationId, order = 'asc', limit = DEFAULT_PAGE_SIZE, cursor, afterPosition } = request;
    const after = cursor ? positionIn(cursor) : order === 'asc' ? afterPosition : undefined;
    return this.database.tenant(async () => {
      await this.requireOwn(conversationId);
      return this.page(conversationId, { order, after, limit });
    });
  }

  /** A page of a conversation known to be the caller's own. */
  async page(
    conversationId: string,
    { order, after, limit }: { order: 'asc' | 'desc'; after?: number | undefined; limit: number },
  ): Promise<Page<ConversationMessage>> {
    const rows = await this.messages.list(conversationId, { order, after, limit: limit + 1 });
    return toPage(
      rows,
      limit,
      (row) => this.shown(row),
      (row) => [String(row.position)],
    );
  }

  async resume({ conversationId, messageId, afterSeq = 0 }: ResumeMessagesRequest): Promise<ResumedMessages> {
    const userId = currentPerson();
    return this.database.tenant(async () => {
      await this.requireOwn(conversationId);
      const row = messageId
        ? await this.messages.find(messageId, userId)
        : await this.messages.findRunning(conversationId);
      if (messageId && row?.conversationId !== conversationId) throw new MessageNotFound(messageId);
      if (!row) return { conversationId, message: null, later: [] };
      const after = row.position;
      const later = await this.messages.list(conversationId, { order: 'asc', after, limit: MAX_LATER });
      return {
        conversationId,
        message: resumedAfter(this.shown(row), afterSeq),
        later: later.map((message) => this.shown(message)),
      };
    });
  }

  private shown(row: MessageRecord): ConversationMessage {
    return toMessage(row, this.running.textOf(row.id));
  }

  private async requireOwn(conversationId: string): Promise<void> {
    const found = await this.conversations.find(conversationId, currentPerson());
    if (!found) throw new ConversationNotFound(conversationId);
  }
}

function positionIn(cursor: string): number {
  const position = Number(decodeCursor(cursor, 1)[0]);
  if (Number.isInteger(position) && position >= 0) return position;
  throw new Invalid('Invalid input: cursor', [{ field: 'cursor', message: 'is not a cursor of this list' }]);
}
