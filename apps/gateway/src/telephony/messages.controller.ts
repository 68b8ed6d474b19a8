import { Controller, Get, Inject, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { listSmsMessages, ListSmsMessagesRequest, SmsMessagePage } from '@parley/contracts';
import { RpcClient } from '@parley/messaging';
import { Answers, Requires } from '../edge/decorators';

@Controller('v1/messages')
@ApiTags('messages')
export class MessagesController {
  constructor(@Inject(RpcClient) private readonly rpc: RpcClient) {}

  @Get()
  @Requires('messages:read')
  @Answers('Text messages, newest first', SmsMessagePage)
  list(@Query() query: ListSmsMessagesRequest): Promise<string> {
    return this.rpc.forward(listSmsMessages, query);
  }
}
