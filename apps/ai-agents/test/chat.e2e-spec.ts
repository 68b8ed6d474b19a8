import {
  type AiUsageRecordedV1,
  cancelMessage,
  type EventEnvelope,
  aiUsageRecordedV1,
  getConversation,
  listMessages,
  newId,
  resumeMessages,
  sendMessage,
} from '@parley/contracts';
import { aCaller, eventually } from '@parley/testing';
import { ChatSuite } from './chat-suite';

describe('talking to a persona', () => {
  let suite: ChatSuite;
  const usage: EventEnvelope[] = [];

  beforeAll(async () => {
    suite = await ChatSuite.start({ CHAT_MESSAGES_PER_MINUTE: '1000' });
    await suite.transport.observe([aiUsageRecordedV1.type], (event) => usage.push(event));
  });
  afterAll(() => suite?.close());
  afterEach(() => suite.model({ firstTokenDelayMs: 5, chunkDelayMs: 2, chunkSize: 12 }));

  const stored = async (messageId: string) => {
    const [row] = await suite.database.query<{
      status: string;
      content: string;
      error_code: string | null;
      tokens_out: number;
    }>('SELECT status, content, error_code, tokens_out FROM agents.messages WHERE id = $1', [messageId]);
    return row;
  };
  const requestsFor = (messageId: string) =>
    suite.database.query<{
      id: string;
      status: string;
      tokens_in: number;
      tokens_out: number;
      estimated: boolean;
    }>('SELECT * FROM agents.ai_requests WHERE message_id = $1', [messageId]);
  const usageOf = (requestId: string): AiUsageRecordedV1[] =>
    usage
      .map(({ payload }) => payload as AiUsageRecordedV1)
      .filter((payload) => payload.requestId === requestId);
  const usageToldOnce = async (messageId: string): Promise<AiUsageRecordedV1> => {
    const [request] = await requestsFor(messageId);
    return eventually(() => {
      const told = usageOf(request?.id ?? '');
      expect(told).toHaveLength(1);
      return told[0] as AiUsageRecordedV1;
    });
  };

  it('streams the answer in order, and stores the same text', async () => {
    const { id } = await suite.begin();
    const live = suite.listen(id);
    const { messageId, userMessageId } = await suite.send(id, 'How do I answer "too expensive"?');
    const end = await live.end();

    expect(live.events[0]).toMatchObject({ type: 'start', messageId, userMessageId, seq: 0 });
    const seqs = live.of('chunk').map(({ seq }) => seq);
    expect(seqs).toEqual([...seqs].sort((a, b) => a - b));
    expect(live.of('chunk').length).toBeGreaterThan(3);
    expect(end).toMatchObject({
      type: 'complete',
      content: live.text,
      seq: live.text.length,
      stopReason: 'end',
    });
    expect(await stored(messageId)).toMatchObject({ status: 'complete', content: live.text });
    expect(live.text).toContain('this is Closer');
  });

  it('answers in French to a question in French', async () => {
    const { id } = await suite.begin();
    const live = suite.listen(id);
    await suite.send(id, 'Bonjour, mon client trouve le prix trop élevé. Que dois-je répondre ?');
    expect(await live.end()).toMatchObject({
      type: 'complete',
      content: expect.stringMatching(/Bonjour, ici Closer/),
    });
  });

  it('remembers the conversation, names it after its first words, and tells what was used', async () => {
    const { id } = await suite.begin();
    const live = suite.listen(id);
    const first = await suite.send(id, 'Which customer should I call first?');
    await live.end();
    live.events.length = 0;
    await suite.send(id, 'And then?');
    // The sandbox greets only in a conversation without history.
    expect(await live.end()).toMatchObject({ content: expect.stringMatching(/^All right\./) });

    const conversation = await suite.ask(getConversation, { id });
    expect(conversation).toMatchObject({ title: 'Which customer should I call first?', messageCount: 4 });
    expect(conversation.messages.map(({ role }) => role)).toEqual(['user', 'assistant', 'user', 'assistant']);
    const told = await usageToldOnce(first.messageId);
    const [, answer] = conversation.messages;
    expect(told).toMatchObject({
      conversationId: id,
      model: 'claude-sonnet-5-5',
      feature: 'chat',
      estimated: false,
    });
    expect(answer?.usage).toEqual({ inputTokens: told.inputTokens, outputTokens: told.outputTokens });
    expect(told.inputTokens).toBeGreaterThan(100);
  });

  it('goes on when its reader has left, and lets them resume where they were', async () => {
    await suite.model({ chunkDelayMs: 15 });
    const { id } = await suite.begin();
    const live = suite.listen(id);
    const { messageId } = await suite.send(id, 'How do I sell to a dentist?');
    await live.chunks(3);
    live.stop();
    const seen = live.of('chunk').at(-1)?.seq ?? 0;

    const during = await suite.ask(resumeMessages, { conversationId: id, messageId, afterSeq: seen });
    expect(during.message).toMatchObject({ status: 'streaming', afterSeq: seen });
    await eventually(async () => expect((await stored(messageId))?.status).toBe('complete'));
    const after = await suite.ask(resumeMessages, { conversationId: id, messageId, afterSeq: seen });

    expect(after.message?.status).toBe('complete');
    expect(live.text + after.message?.text).toBe((await stored(messageId))?.content);
    expect(after.message?.text.startsWith(during.message?.text ?? '?')).toBe(true);
  });

  it('saves an answer while it is written', async () => {
    await suite.model({ chunkDelayMs: 60 });
    const { id } = await suite.begin();
    const live = suite.listen(id);
    const { messageId } = await suite.send(id, 'How do I sell to a dentist?');
    await eventually(async () => {
      const row = await stored(messageId);
      expect(row?.status).toBe('streaming');
      expect(row?.content.length).toBeGreaterThan(20);
      expect(live.text.startsWith(row?.content ?? '?')).toBe(true);
    });
    await suite.ask(cancelMessage, { messageId });
  });

  it('gives what was said after the resumed message, too', async () => {
    const { id } = await suite.begin();
    const live = suite.listen(id);
    const first = await suite.send(id, 'One');
    await live.end();
    live.events.length = 0;
    await suite.send(id, 'Two');
    await live.end();
    const resumed = await suite.ask(resumeMessages, { conversationId: id, messageId: first.messageId });
    expect(resumed.later.map(({ role, position }) => [role, position])).toEqual([
      ['user', 3],
      ['assistant', 4],
    ]);
    await expect(suite.ask(resumeMessages, { conversationId: id })).resolves.toMatchObject({ message: null });
  });

  it('ignores a message it was sent before', async () => {
    const { id } = await suite.begin();
    const live = suite.listen(id);
    const request = { conversationId: id, text: 'Hello', clientMessageId: 'c-1' };
    const both = await Promise.all([suite.ask(sendMessage, request), suite.ask(sendMessage, request)]);
    await live.end();
    const later = await suite.ask(sendMessage, request);
    expect(both[1]).toEqual(both[0]);
    expect(later).toEqual(both[0]);
    expect((await suite.ask(listMessages, { conversationId: id })).data).toHaveLength(2);
  });

  it('answers one message of a conversation at a time', async () => {
    await suite.model({ chunkDelayMs: 20 });
    const { id } = await suite.begin();
    const live = suite.listen(id);
    const sent = await Promise.allSettled([
      suite.send(id, 'One'),
      suite.send(id, 'Two'),
      suite.send(id, 'Three'),
    ]);
    expect(sent.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    expect(sent.find(({ status }) => status === 'rejected')).toMatchObject({
      reason: { kind: 'conflict', code: 'STATE_CONFLICT' },
    });
    await live.end();
  });

  it('stops when the person cancels, keeps what was said, and tells an estimate of what was used', async () => {
    await suite.model({ chunkDelayMs: 30 });
    const { id } = await suite.begin();
    const live = suite.listen(id);
    const { messageId } = await suite.send(id, 'How do I sell to a dentist?');
    await live.chunks(2);
    await expect(suite.ask(cancelMessage, { messageId })).resolves.toMatchObject({ status: 'cancelled' });

    expect(live.events.at(-1)).toMatchObject({
      type: 'complete',
      stopReason: 'cancelled',
      content: live.text,
    });
    expect(await stored(messageId)).toMatchObject({ status: 'cancelled', content: live.text });
    const told = await usageToldOnce(messageId);
    expect(told).toMatchObject({ estimated: true, outputTokens: Math.ceil(live.text.length / 4) });
    await expect(suite.ask(cancelMessage, { messageId })).resolves.toMatchObject({ status: 'cancelled' });
  });

  it.each([
    ['overloaded', 'PROVIDER_ERROR', 'failed', false],
    ['429', 'PROVIDER_ERROR', 'failed', false],
    ['401', 'PROVIDER_ERROR', 'failed', false],
    ['sse-error', 'PROVIDER_ERROR', 'failed', true],
    ['cut', 'PROVIDER_ERROR', 'failed', true],
    ['close', 'PROVIDER_ERROR', 'failed', true],
    ['refusal', 'REFUSED', 'refused', false],
  ] as const)(
    'fails with an error event when the provider does: %s',
    async (failNext, code, status, estimated) => {
      const caller = aCaller({ locale: 'fr' });
      const { id } = await suite.begin(undefined, caller);
      const live = suite.listen(id);
      await suite.model({ failNext });
      const { messageId } = await suite.send(id, 'How do I sell to a dentist?', caller);
      const end = await live.end();

      expect(end).toMatchObject({ type: 'error', messageId, code, requestId: caller.requestId });
      expect(end).toMatchObject({ message: expect.stringMatching(/^L’assistant/) });
      expect(live.of('complete')).toEqual([]);
      expect(await stored(messageId)).toMatchObject({
        status: 'failed',
        error_code: code,
        content: live.text,
      });
      expect(await requestsFor(messageId)).toMatchObject([{ status, estimated }]);
      const told = await usageToldOnce(messageId);
      expect(told.inputTokens > 0).toBe(['sse-error', 'cut', 'close', 'refusal'].includes(failNext));

      live.events.length = 0;
      await suite.send(id, 'Again?', caller);
      expect(await live.end()).toMatchObject({ type: 'complete' });
    },
  );

  it('switches to another persona when asked to', async () => {
    const { id } = await suite.begin({ agentId: 'hunter' });
    const live = suite.listen(id);
    await suite.ask(sendMessage, { conversationId: id, text: 'Hello', agentId: 'strategist' });
    expect(await live.end()).toMatchObject({ content: expect.stringMatching(/this is Strategist/) });
    expect((await suite.ask(getConversation, { id })).persona.slug).toBe('strategist');
  });

  it('refuses to answer in a conversation that does not exist', async () => {
    await expect(suite.send(newId(), 'Hello')).rejects.toMatchObject({ kind: 'notFound' });
  });
});
