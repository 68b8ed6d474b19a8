import {
  cancelMessage,
  type CallerContext,
  createConversation,
  deleteConversation,
  exportConversation,
  getConversation,
  getPersona,
  listConversations,
  listMessages,
  listPersonas,
  newId,
  recommendPersonas,
  resumeMessages,
  sendMessage,
} from '@parley/contracts';
import { aCaller, eventually } from '@parley/testing';
import { Client } from 'pg';
import { ChatSuite } from './chat-suite';

describe('personas and conversations', () => {
  let suite: ChatSuite;

  beforeAll(async () => {
    suite = await ChatSuite.start();
    await suite.model({ firstTokenDelayMs: 0, chunkDelayMs: 0 });
  });
  afterAll(() => suite?.close());

  /** A conversation with one question answered. */
  const talked = async (caller: CallerContext, text = 'Is the price too high?') => {
    const conversation = await suite.begin({ personaId: 'closer' }, caller);
    const live = suite.listen(conversation.id);
    const { messageId } = await suite.send(conversation.id, text, caller);
    await live.end();
    live.stop();
    return { id: conversation.id, messageId };
  };

  describe('the catalogue', () => {
    it('has the four built-in personas, in the language of the caller', async () => {
      const { data } = await suite.ask(listPersonas, {});
      expect(data.map(({ slug }) => slug)).toEqual(['hunter', 'closer', 'educator', 'strategist']);
      const french = await suite.ask(getPersona, { id: 'educator' }, aCaller({ locale: 'fr' }));
      expect(french).toMatchObject({ name: 'Éducateur', builtIn: true });
      await expect(suite.ask(getPersona, { id: french.id })).resolves.toMatchObject({ name: 'Educator' });
    });

    it('recommends for a goal', async () => {
      const { data } = await suite.ask(recommendPersonas, { goal: 'Overcome price objections' });
      expect(data.map(({ rank, score }) => [rank, score])).toEqual([
        [1, 100],
        [2, 0],
        [3, 0],
        [4, 0],
      ]);
      expect(data[0]?.persona.slug).toBe('closer');
      await expect(suite.ask(recommendPersonas, {})).rejects.toMatchObject({ code: 'VALIDATION_FAILED' });
    });

    it("shows a tenant its own personas, and nobody else's", async () => {
      const id = newId();
      await suite.database.query(
        `INSERT INTO agents.personas (id, tenant_id, slug, name, description, system_prompt)
         VALUES ($1, $2, 'closer', 'Our closer', 'Ours', 'You are Our closer, …')`,
        [id, suite.caller.tenantId],
      );
      expect((await suite.ask(listPersonas, {})).data).toHaveLength(5);
      await expect(suite.ask(getPersona, { id: 'closer' })).resolves.toMatchObject({ id, builtIn: false });
      await expect(suite.ask(getPersona, { id }, aCaller())).rejects.toMatchObject({
        code: 'AGENT_NOT_FOUND',
      });
      await expect(suite.begin({ personaId: id }, aCaller())).rejects.toMatchObject({
        code: 'AGENT_NOT_FOUND',
      });
      await suite.database.query('DELETE FROM agents.personas WHERE id = $1', [id]);
    });
  });

  it('keeps the procedure a conversation is about', async () => {
    const procedureId = newId();
    const conversation = await suite.begin({
      agentId: 'educator',
      procedureId,
      procedureType: 'dental',
      metadata: { procedureContext: { name: 'YOMI Implants' } },
    });
    expect(conversation).toMatchObject({
      procedureId,
      procedureType: 'dental',
      metadata: { procedureContext: { name: 'YOMI Implants', id: procedureId, type: 'dental' } },
    });
  });

  it.each([
    [{}, 'personaId'],
    [{ personaId: 'closer', metadata: { text: 'x'.repeat(20_000) } }, 'metadata'],
  ])('refuses to begin with %p', async (request, field) => {
    await expect(suite.ask(createConversation, request)).rejects.toMatchObject({
      code: 'VALIDATION_FAILED',
      details: [expect.objectContaining({ field })],
    });
  });

  it('lists what was active last first, page by page', async () => {
    const caller = aCaller();
    const ids: string[] = [];
    for (let n = 0; n < 5; n++) ids.push((await suite.begin({ personaId: 'hunter' }, caller)).id);
    const [first = ''] = ids;
    await suite.send(first, 'Wake up', caller);

    const seen: string[] = [];
    let cursor: string | undefined;
    do {
      const page = await suite.ask(listConversations, { limit: 2, ...(cursor ? { cursor } : {}) }, caller);
      seen.push(...page.data.map(({ id }) => id));
      cursor = page.nextCursor ?? undefined;
    } while (cursor);
    expect(seen).toEqual([first, ...ids.slice(1).reverse()]);
  });

  it('finds conversations by words in title, question or answer', async () => {
    const caller = aCaller();
    const implant = await talked(caller, 'Comment présenter un implant à un dentiste ?');
    await talked(caller, 'Something else');
    await suite.begin({ personaId: 'closer', title: 'Quarterly implant review' }, caller);
    const found = async (q: string, as = caller) =>
      (await suite.ask(listConversations, { q }, as)).data.map(({ title }) => title);
    expect(await found('implant')).toEqual([
      'Quarterly implant review',
      'Comment présenter un implant à un dentiste ?',
    ]);
    expect(await found('"mots exacts"')).toEqual(['Comment présenter un implant à un dentiste ?']);
    expect(await found('implant -review')).toEqual(['Comment présenter un implant à un dentiste ?']);
    expect(await found('implant', aCaller({ tenantId: caller.tenantId ?? '' }))).toEqual([]);
    expect(implant.id).toBeDefined();
  });

  it('pages through messages both ways', async () => {
    const caller = aCaller();
    const { id } = await talked(caller);
    const live = suite.listen(id);
    await suite.send(id, 'And then?', caller);
    await live.end();
    const positions = async (request: {
      order?: 'asc' | 'desc';
      afterPosition?: number;
      limit?: number;
      cursor?: string;
    }) => {
      const page = await suite.ask(listMessages, { conversationId: id, ...request }, caller);
      return { at: page.data.map(({ position }) => position), next: page.nextCursor ?? '' };
    };
    const newest = await positions({ order: 'desc', limit: 3 });
    expect(newest.at).toEqual([4, 3, 2]);
    expect((await positions({ order: 'desc', cursor: newest.next })).at).toEqual([1]);
    expect((await positions({ afterPosition: 2 })).at).toEqual([3, 4]);
    await expect(positions({ cursor: 'nonsense' })).rejects.toMatchObject({ code: 'VALIDATION_FAILED' });
  });

  it('exports in three formats', async () => {
    const caller = aCaller({ locale: 'fr' });
    const { id } = await talked(caller, 'Élise hésite : que dire ?');
    const markdown = await suite.ask(exportConversation, { id, format: 'md' }, caller);
    expect(markdown.fileName).toMatch(/^conversation-\d{4}-\d\d-\d\d-elise-hesite-que-dire\.md$/);
    expect(markdown.content).toMatch(/^# Élise hésite : que dire \?\n/);
    expect(markdown.content).toContain('## Closeur (');
    const text = await suite.ask(exportConversation, { id, format: 'txt' }, caller);
    expect(text.content).toMatch(/Vous \(.*\):\nÉlise hésite : que dire \?\n/);
    const json = await suite.ask(exportConversation, { id }, caller);
    expect(JSON.parse(json.content)).toMatchObject({
      conversation: { id },
      messages: [{ role: 'user' }, { role: 'assistant' }],
    });
  });

  it('deletes a conversation, and stops the answer in it', async () => {
    await suite.model({ chunkDelayMs: 50 });
    const { id } = await suite.begin();
    const live = suite.listen(id);
    await suite.send(id, 'Hello');
    await live.chunks(1);
    await suite.ask(deleteConversation, { id });
    expect(live.events.at(-1)).toMatchObject({ stopReason: 'cancelled' });
    await expect(suite.ask(getConversation, { id })).rejects.toMatchObject({ kind: 'notFound' });
    await expect(suite.ask(deleteConversation, { id })).rejects.toMatchObject({ kind: 'notFound' });
    expect((await suite.ask(listConversations, {})).data.map((found) => found.id)).not.toContain(id);
    await suite.model({ chunkDelayMs: 0 });
  });

  it('lets a person send 20 messages a minute, over all their conversations', async () => {
    const caller = aCaller();
    const begun = await Promise.all(
      Array.from({ length: 24 }, () => suite.begin({ personaId: 'closer' }, caller)),
    );
    const sent = await Promise.allSettled(begun.map(({ id }) => suite.send(id, 'Hello', caller)));
    expect(sent.filter(({ status }) => status === 'fulfilled')).toHaveLength(20);
    expect(sent.find(({ status }) => status === 'rejected')).toMatchObject({
      reason: { code: 'RATE_LIMITED', details: { retryAfterSeconds: expect.any(Number) } },
    });
    await eventually(async () => {
      const { data } = await suite.ask(listConversations, {}, caller);
      expect(data.filter(({ messageCount }) => messageCount === 2)).toHaveLength(20);
    });
  });

  describe('are private', () => {
    let owner: CallerContext;
    let mine: { id: string; messageId: string };

    beforeAll(async () => {
      owner = aCaller();
      mine = await talked(owner);
    });

    describe.each([
      ['a colleague', () => aCaller({ tenantId: owner.tenantId ?? '' })],
      ['another tenant', () => aCaller()],
      ['the same person in another tenant', () => aCaller({ userId: owner.userId ?? '' })],
    ])('from %s', (_who, other) => {
      it.each([
        ['get', () => suite.ask(getConversation, { id: mine.id }, other())],
        ['messages', () => suite.ask(listMessages, { conversationId: mine.id }, other())],
        ['send', () => suite.send(mine.id, 'Hello', other())],
        ['export', () => suite.ask(exportConversation, { id: mine.id }, other())],
        [
          'resume',
          () => suite.ask(resumeMessages, { conversationId: mine.id, messageId: mine.messageId }, other()),
        ],
        ['cancel', () => suite.ask(cancelMessage, { messageId: mine.messageId }, other())],
        ['delete', () => suite.ask(deleteConversation, { id: mine.id }, other())],
      ])('%s answers not found', async (_what, attempt) => {
        await expect(attempt()).rejects.toMatchObject({ kind: 'notFound' });
      });

      it('and are not listed', async () => {
        expect((await suite.ask(listConversations, {}, other())).data).toEqual([]);
      });
    });

    it('also from a message of theirs resumed through a conversation of mine', async () => {
      const other = await talked(aCaller());
      const attempt = suite.ask(
        resumeMessages,
        { conversationId: mine.id, messageId: other.messageId },
        owner,
      );
      await expect(attempt).rejects.toMatchObject({ kind: 'notFound' });
    });

    it('and closed to callers who are nobody', async () => {
      const { userId: _userId, ...key } = owner;
      await expect(suite.ask(listConversations, {}, key)).rejects.toMatchObject({ kind: 'forbidden' });
      await expect(
        suite.ask(sendMessage, { conversationId: mine.id, text: 'Hello' }, key),
      ).rejects.toMatchObject({ kind: 'forbidden' });
    });

    it('even from raw SQL of the service without a tenant', async () => {
      const client = new Client({ connectionString: suite.database.urlOf('ai-agents') });
      await client.connect();
      try {
        for (const table of ['conversations', 'messages', 'ai_requests']) {
          expect((await client.query(`SELECT id FROM agents.${table}`)).rows).toEqual([]);
        }
        expect((await client.query('SELECT slug FROM agents.personas')).rows).toHaveLength(4);
        const shared = client.query(`UPDATE agents.personas SET name = 'Mine' WHERE tenant_id IS NULL`);
        expect((await shared).rowCount).toBe(0);
      } finally {
        await client.end();
      }
    });
  });
});
