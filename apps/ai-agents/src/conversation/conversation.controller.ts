import { Controller } from '@nestjs/common';
import {
  type Conversation,
  type ConversationExport,
  type ConversationIdRequest,
  type ConversationWithMessages,
  createConversation,
  type CreateConversationRequest,
  deleteConversation,
  exportConversation,
  type ExportConversationRequest,
  getConversation,
  listConversations,
  type ListConversationsRequest,
  type Nothing,
  type Page,
} from '@parley/contracts';
import { Handles } from '@parley/messaging';
import { ConversationService } from './conversation.service';

@Controller()
export class ConversationController {
  constructor(private readonly conversations: ConversationService) {}

  @Handles(createConversation)
  create(request: CreateConversationRequest): Promise<Conversation> {
    return this.conversations.create(request);
  }

  @Handles(listConversations)
  list(request: ListConversationsRequest): Promise<Page<Conversation>> {
    return this.conversations.list(request);
  }

  @Handles(getConversation)
  get({ id }: ConversationIdRequest): Promise<ConversationWithMessages> {
    return this.conversations.get(id);
  }

  @Handles(deleteConversation)
  remove({ id }: ConversationIdRequest): Promise<Nothing> {
    return this.conversations.remove(id);
  }

  @Handles(exportConversation)
  export(request: ExportConversationRequest): Promise<ConversationExport> {
    return this.conversations.export(request);
  }
}
