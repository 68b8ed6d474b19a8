import { Body, Controller, Delete, Get, Inject, Param, Post, Query, Res } from '@nestjs/common';
import { ApiProduces, ApiTags } from '@nestjs/swagger';
import {
  Conversation,
  ConversationIdRequest,
  ConversationMessagePage,
  ConversationMessagesQuery,
  ConversationPage,
  ConversationWithMessages,
  createConversation,
  CreateConversationRequest,
  deleteConversation,
  exportConversation,
  ExportConversationQuery,
  getConversation,
  listConversations,
  ListConversationsRequest,
  listMessages,
  MessageAccepted,
  SendChatMessageBody,
  sendMessage,
} from '@parley/contracts';
import { RpcClient } from '@parley/messaging';
import type { FastifyReply } from 'fastify';
import { Unaudited } from '../audit/audited';
import { Answers, AnswersNothing, Requires } from '../edge/decorators';
import { Idempotent } from '../idempotency/idempotent.decorator';
import { ConversationFile, sendAsFile } from './conversation-file';

const UNKNOWN = { 404: "NOT_FOUND, also for other people's conversations" };
/** What a plan includes is used up. */
const SPENT = 'USAGE_EXCEEDED or PLAN_REQUIRED';

@Controller('v1/conversations')
@ApiTags('conversations')
export class ConversationsController {
  constructor(@Inject(RpcClient) private readonly rpc: RpcClient) {}

  @Get()
  @Requires('conversations:read')
  @Answers("The caller's own conversations, last active first", ConversationPage)
  list(@Query() query: ListConversationsRequest): Promise<string> {
    return this.rpc.forward(listConversations, query);
  }

  @Post()
  @Idempotent()
  @Requires('conversations:write')
  @Unaudited('daily use')
  @Answers('Starts a conversation with a persona', Conversation, {
    status: 201,
    errors: { 402: SPENT, 404: 'AGENT_NOT_FOUND' },
  })
  create(@Body() body: CreateConversationRequest): Promise<string> {
    return this.rpc.forward(createConversation, body);
  }

  @Get(':id')
  @Requires('conversations:read')
  @Answers('A conversation with its newest messages', ConversationWithMessages, { errors: UNKNOWN })
  get(@Param() params: ConversationIdRequest): Promise<string> {
    return this.rpc.forward(getConversation, params);
  }

  @Delete(':id')
  @Requires('conversations:write')
  @Unaudited('daily use')
  @AnswersNothing('Deletes a conversation')
  async remove(@Param() params: ConversationIdRequest): Promise<void> {
    await this.rpc.forward(deleteConversation, params);
  }

  @Get(':id/messages')
  @Requires('conversations:read')
  @Answers('Messages of a conversation', ConversationMessagePage, { errors: UNKNOWN })
  messages(
    @Param() { id }: ConversationIdRequest,
    @Query() query: ConversationMessagesQuery,
  ): Promise<string> {
    return this.rpc.forward(listMessages, { ...query, conversationId: id });
  }

  @Post(':id/messages')
  @Idempotent()
  @Requires('conversations:write')
  @Unaudited('daily use')
  @Answers('Sends a message; the answer streams over the socket and into the messages', MessageAccepted, {
    status: 202,
    errors: {
      ...UNKNOWN,
      402: SPENT,
      409: 'STATE_CONFLICT: the last message is still being answered',
      429: 'RATE_LIMITED',
    },
  })
  send(@Param() { id }: ConversationIdRequest, @Body() body: SendChatMessageBody): Promise<string> {
    return this.rpc.forward(sendMessage, { ...body, conversationId: id });
  }

  @Get(':id/export')
  @Requires('conversations:read')
  @ApiProduces('application/json', 'text/markdown', 'text/plain')
  @Answers('A conversation as a file', ConversationFile, { errors: UNKNOWN })
  async export(
    @Param() { id }: ConversationIdRequest,
    @Query() query: ExportConversationQuery,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<string> {
    return sendAsFile(reply, await this.rpc.call(exportConversation, { ...query, id }));
  }
}
