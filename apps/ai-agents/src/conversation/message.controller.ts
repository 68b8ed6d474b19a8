import { Controller } from '@nestjs/common';
import {
  type AnswerCancelled,
  type AnswerIdRequest,
  cancelMessage,
  type ConversationMessage,
  type ConversationMessagesRequest,
  listMessages,
  type MessageAccepted,
  type Page,
  type ResumedMessages,
  resumeMessages,
  type ResumeMessagesRequest,
  type SendChatMessageRequest,
  sendMessage,
} from '@parley/contracts';
import { Handles } from '@parley/messaging';
import { MessageLog } from './message-log.service';
import { MessageService } from './message.service';

@Controller()
export class MessageController {
  constructor(
    private readonly messages: MessageService,
    private readonly log: MessageLog,
  ) {}

  @Handles(sendMessage)
  send(request: SendChatMessageRequest): Promise<MessageAccepted> {
    return this.messages.send(request);
  }

  @Handles(listMessages)
  list(request: ConversationMessagesRequest): Promise<Page<ConversationMessage>> {
    return this.log.list(request);
  }

  @Handles(resumeMessages)
  resume(request: ResumeMessagesRequest): Promise<ResumedMessages> {
    return this.log.resume(request);
  }

  @Handles(cancelMessage)
  cancel({ messageId }: AnswerIdRequest): Promise<AnswerCancelled> {
    return this.messages.cancel(messageId);
  }
}
