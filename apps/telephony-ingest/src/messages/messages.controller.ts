import { Controller, Inject } from '@nestjs/common';
import { type ListSmsMessagesRequest, listSmsMessages, type SmsMessagePage } from '@parley/contracts';
import { Handles } from '@parley/messaging';
import { MessageReadModel } from './message.read-model';

@Controller()
export class MessagesController {
  constructor(@Inject(MessageReadModel) private readonly messages: MessageReadModel) {}

  @Handles(listSmsMessages)
  list(request: ListSmsMessagesRequest): Promise<SmsMessagePage> {
    return this.messages.list(request);
  }
}
