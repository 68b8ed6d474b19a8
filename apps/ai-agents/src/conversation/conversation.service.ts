import { Injectable } from '@nestjs/common';
import {
  type Conversation,
  type ConversationExport,
  type ConversationMessage,
  type ConversationWithMessages,
  type CreateConversationRequest,
  currentCaller,
  decodeCursor,
  DEFAULT_PAGE_SIZE,
  type ExportConversationRequest,
  Invalid,
  type ListConversationsRequest,
  newId,
  type Nothing,
  type Page,
  toPage,
} from '@parley/contracts';
import { Database } from '@parley/persistence';
import { Allowance } from '../allowance/allowance.service';
import { RunningAnswers } from '../answer/running-answers';
import { PersonaService } from '../persona/persona.service';
import { type ConversationRecord, readable, toConversation } from './conversation';
import { exportOf } from './conversation-export';
import { ConversationNotFound } from './conversation.errors';
import { ConversationRepository } from './conversation.repository';
import { MessageRepository } from './message.repository';
import { MessageLog } from './message-log.service';
import { currentPerson } from './owner';

const MAX_METADATA_CHARACTERS = 16_000;

/** Far beyond what a person reads; keeps one export within a message between services. */
const MAX_EXPORTED_MESSAGES = 10_000;

@Injectable()
export class ConversationService {
  constructor(
    private readonly database: Database,
    private readonly conversations: ConversationRepository,
    private readonly messages: MessageRepository,
    private readonly log: MessageLog,
    private readonly personas: PersonaService,
    private readonly running: RunningAnswers,
    private readonly allowance: Allowance,
  ) {}

  async create(request: CreateConversationRequest): Promise<Conversation> {
    const { tenantId = '' } = currentCaller();
    const userId = currentPerson();
    const metadata = metadataOf(request);
    const wanted = request.personaId ?? request.agentId;
    if (!wanted) {
      throw new Invalid('Invalid input: personaId', [{ field: 'personaId', message: 'a persona is needed' }]);
    }
    const id = newId();
    // Before anything is promised: an unknown persona is no question of money.
    const persona = await this.database.tenant(() => this.personas.require(wanted));
    await this.allowance.forConversation(id);
    try {
      return await this.add(id, request, { tenantId, userId, personaId: persona.id, metadata });
    } catch (error) {
      void this.allowance.release('ai_conversation', id);
      throw error;
    }
  }

  private add(
    id: string,
    request: CreateConversationRequest,
    facts: Pick<
      Parameters<ConversationRepository['add']>[0],
      'tenantId' | 'userId' | 'personaId' | 'metadata'
    >,
  ): Promise<Conversation> {
    return this.database.tenant(async () => {
      const { title = null, procedureId = null, procedureType = null } = request;
      await this.conversations.add({
        id,
        ...facts,
        title,
        procedureId,
        procedureType,
      });
      return toConversation(await this.require(id), currentCaller().locale);
    });
  }

  async list({
    q,
    cursor,
    limit = DEFAULT_PAGE_SIZE,
  }: ListConversationsRequest): Promise<Page<Conversation>> {
    const { locale } = currentCaller();
    const userId = currentPerson();
    const after = cursor ? decodeCursor(cursor, 2) : undefined;
    const rows = await this.database.tenant(() =>
      this.conversations.list({ userId, q, after, limit: limit + 1 }),
    );
    return toPage(
      rows,
      limit,
      (row) => toConversation(row, locale),
      (row) => [row.activeAt, row.id],
    );
  }

  async get(id: string): Promise<ConversationWithMessages> {
    return this.database.tenant(async () => {
      const conversation = toConversation(await this.require(id), currentCaller().locale);
      const newest = await this.log.page(id, { order: 'desc', limit: DEFAULT_PAGE_SIZE });
      return { ...conversation, ...readable(newest) };
    });
  }

  /** What is being answered in it stops, too. */
  async remove(id: string): Promise<Nothing> {
    const userId = currentPerson();
    const removed = await this.database.tenant(async () => {
      const found = await this.conversations.remove(id, userId);
      if (found?.answering) await this.messages.requestCancel(found.answering);
      return found;
    });
    if (!removed) throw new ConversationNotFound(id);
    void this.allowance.release('ai_conversation', id);
    if (removed.answering) await this.running.interrupt(removed.answering, 'cancelled');
    return {};
  }

  async export({ id, format = 'json' }: ExportConversationRequest): Promise<ConversationExport> {
    const { locale } = currentCaller();
    return this.database.tenant(async () => {
      const conversation = toConversation(await this.require(id), locale);
      const { data }: Page<ConversationMessage> = await this.log.page(id, {
        order: 'asc',
        limit: MAX_EXPORTED_MESSAGES,
      });
      return exportOf(conversation, data, format, locale);
    });
  }

  private async require(id: string): Promise<ConversationRecord> {
    const found = await this.conversations.find(id, currentPerson());
    if (!found) throw new ConversationNotFound(id);
    return found;
  }
}

/** What the client keeps with a conversation, the procedure included (E000-14). */
function metadataOf({
  metadata = {},
  procedureId,
  procedureType,
}: CreateConversationRequest): Record<string, unknown> {
  if (JSON.stringify(metadata).length > MAX_METADATA_CHARACTERS) {
    throw new Invalid('Invalid input: metadata', [{ field: 'metadata', message: 'must not exceed 16 kB' }]);
  }
  if (!procedureId) return metadata;
  const given = metadata['procedureContext'];
  const context = typeof given === 'object' && given !== null ? given : {};
  return {
    ...metadata,
    procedureContext: { ...context, id: procedureId, ...(procedureType ? { type: procedureType } : {}) },
  };
}
