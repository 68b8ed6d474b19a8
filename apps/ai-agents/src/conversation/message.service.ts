import { Inject, Injectable } from '@nestjs/common';
import {
  type AnswerCancelled,
  currentCaller,
  type MessageAccepted,
  newId,
  type SendChatMessageRequest,
} from '@parley/contracts';
import { Database } from '@parley/persistence';
import { CONFIG } from '@parley/platform';
import { Allowance } from '../allowance/allowance.service';
import { promptTokens } from '../answer/answer-outcome';
import { Answers } from '../answer/answers.service';
import { historyWindow } from '../answer/history';
import { buildSystemPrompt, procedureOf } from '../answer/prompt';
import type { AnswerTask } from '../answer/running-answer';
import { RunningAnswers } from '../answer/running-answers';
import type { AgentsConfig } from '../config';
import { ChatModel, type ChatRequest } from '../model/chat-model';
import { PersonaService } from '../persona/persona.service';
import { type MessageRecord, titleFrom } from './conversation';
import { AnswerRunning, ConversationNotFound, MessageNotFound, TooManyMessages } from './conversation.errors';
import { ConversationRepository } from './conversation.repository';
import { MessageRepository } from './message.repository';
import { currentPerson } from './owner';

@Injectable()
export class MessageService {
  constructor(
    @Inject(CONFIG) private readonly config: AgentsConfig,
    private readonly database: Database,
    private readonly conversations: ConversationRepository,
    private readonly messages: MessageRepository,
    private readonly personas: PersonaService,
    private readonly allowance: Allowance,
    private readonly answers: Answers,
    private readonly running: RunningAnswers,
    private readonly model: ChatModel,
  ) {}

  /** Answers at once with the ids; the answer is written on its own. */
  async send(request: SendChatMessageRequest): Promise<MessageAccepted> {
    const userId = currentPerson();
    const aiRequestId = newId();
    try {
      await this.demand(request.conversationId, userId, aiRequestId);
    } catch (refusal) {
      return this.sentBefore(request, userId, refusal);
    }
    let task: AnswerTask | undefined;
    try {
      const { accepted, ...begun } = await this.database.tenant(() =>
        this.accept(request, userId, aiRequestId),
      );
      task = begun.task;
      if (task) this.answers.begin(task);
      return accepted;
    } finally {
      if (!task) void this.allowance.release('ai_prompt', aiRequestId);
    }
  }

  /** A prompt, and the conversation where nothing of it was answered yet: its place lapses after a day. */
  private async demand(conversationId: string, userId: string, aiRequestId: string): Promise<void> {
    const [answered] = await Promise.all([
      this.database.tenant(() => this.conversations.isAnswered(conversationId, userId)),
      this.allowance.forPrompt(aiRequestId),
    ]);
    if (answered !== false) return;
    try {
      await this.allowance.forConversation(conversationId);
    } catch (refusal) {
      void this.allowance.release('ai_prompt', aiRequestId);
      throw refusal;
    }
  }

  /** A message that was accepted once costs nothing again, and what is not there is no question of money. */
  private async sentBefore(
    { conversationId, clientMessageId }: SendChatMessageRequest,
    userId: string,
    refusal: unknown,
  ): Promise<MessageAccepted> {
    const before = await this.database.tenant(async () => {
      if (!(await this.conversations.lockToWrite(conversationId, userId)))
        throw new ConversationNotFound(conversationId);
      return clientMessageId ? this.messages.findExchange(conversationId, clientMessageId) : undefined;
    });
    if (!before) throw refusal;
    return { conversationId, ...before };
  }

  /** Without a task when the client sent the message before. */
  private async accept(
    request: SendChatMessageRequest,
    userId: string,
    aiRequestId: string,
  ): Promise<{ accepted: MessageAccepted; task?: AnswerTask }> {
    const { conversationId, text, clientMessageId, agentId } = request;
    const conversation = await this.conversations.lockToWrite(conversationId, userId);
    if (!conversation) throw new ConversationNotFound(conversationId);
    const before = clientMessageId && (await this.messages.findExchange(conversationId, clientMessageId));
    if (before) return { accepted: { conversationId, ...before } };

    await this.requireTurn(conversationId, userId);
    const caller = currentCaller();
    const { tenantId = '', locale } = caller;
    const persona = agentId ? await this.personas.require(agentId) : conversation;
    const history = await this.messages.newestForModel(conversationId, this.config.CHAT_HISTORY_MESSAGES);
    const chat: ChatRequest = {
      model: this.model.model,
      system: buildSystemPrompt(persona, { procedure: procedureOf(conversation.metadata), locale }),
      turns: historyWindow(history, text, {
        characters: this.config.CHAT_HISTORY_CHARACTERS,
        messages: this.config.CHAT_HISTORY_MESSAGES,
      }),
      userId,
    };
    const accepted = { conversationId, userMessageId: newId(), messageId: newId() };
    await this.messages.addExchange({
      tenantId,
      userId,
      conversationId,
      personaId: persona.id,
      title: titleFrom(text),
      question: {
        id: accepted.userMessageId,
        position: conversation.messageCount + 1,
        text,
        clientMessageId: clientMessageId ?? null,
      },
      answer: {
        id: accepted.messageId,
        model: chat.model,
        provider: this.model.provider,
        aiRequestId,
        promptTokens: promptTokens(chat),
      },
      locale,
    });
    return { accepted, task: { caller, tenantId, ...accepted, aiRequestId, request: chat } };
  }

  private async requireTurn(conversationId: string, userId: string): Promise<void> {
    const { answering, sent, retryAfterSeconds } = await this.messages.pressure(conversationId, userId);
    if (answering) throw new AnswerRunning(conversationId);
    const limit = this.config.CHAT_MESSAGES_PER_MINUTE;
    if (sent >= limit) throw new TooManyMessages(limit, retryAfterSeconds);
  }

  async cancel(messageId: string): Promise<AnswerCancelled> {
    const row = await this.database.tenant(async () => {
      const found = await this.requireMessage(messageId);
      if (found.status === 'streaming') await this.messages.requestCancel(messageId);
      return found;
    });
    const stopped = row.status === 'streaming' && (await this.running.interrupt(messageId, 'cancelled'));
    const { conversationId, status } = stopped
      ? await this.database.tenant(() => this.requireMessage(messageId))
      : row;
    return { conversationId, messageId, status };
  }

  private async requireMessage(id: string): Promise<MessageRecord> {
    const found = await this.messages.find(id, currentPerson());
    if (!found) throw new MessageNotFound(id);
    return found;
  }
}
