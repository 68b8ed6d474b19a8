import {
  aiUsageRecordedV1,
  cancelMessage,
  type EventEnvelope,
  listMessages,
  resumeMessages,
  sendMessage,
} from '@parley/contracts';
import { InProcessTransport } from '@parley/messaging';
import type { RunningService } from '@parley/platform';
import { eventually } from '@parley/testing';
import { ChatSuite } from './chat-suite';

describe('answers when processes come and go', () => {
  let suite: ChatSuite;
  const usage: EventEnvelope[] = [];

  beforeAll(async () => {
    suite = await ChatSuite.start({ CHAT_LEASE_MS: '5000', CHAT_SWEEP_INTERVAL_MS: '200' });
    await suite.transport.observe([aiUsageRecordedV1.type], (event) => usage.push(event));
  });
  afterAll(() => suite?.close());

  const statusOf = async (messageId: string): Promise<string | undefined> => {
    const rows = await suite.database.query<{ status: string }>(
      'SELECT status FROM agents.messages WHERE id = $1',
      [messageId],
    );
    return rows[0]?.status;
  };

  /** What a process that was killed in the middle of an answer leaves behind. */
  const abandon = async (secondsAgo: number): Promise<{ conversationId: string; messageId: string }> => {
    await suite.model({ chunkDelayMs: 1 });
    const { id } = await suite.begin();
    const live = suite.listen(id);
    const { messageId } = await suite.send(id, 'How do I sell to a dentist?');
    await live.end();
    live.stop();
    await eventually(() => expect(usageAbout(id)).toHaveLength(1));
    usage.length = 0;
    await suite.database.query(
      `UPDATE agents.messages SET status = 'streaming', content = 'Hello, this is', seq = 14, completed_at = NULL,
         tokens_in = NULL, tokens_out = NULL, heartbeat_at = now() - $2 * interval '1 second' WHERE id = $1`,
      [messageId, secondsAgo],
    );
    await suite.database.query(
      `UPDATE agents.ai_requests SET status = 'running', tokens_in = 300, estimated = true WHERE message_id = $1`,
      [messageId],
    );
    return { conversationId: id, messageId };
  };
  const usageAbout = (conversationId: string) =>
    usage
      .map(({ payload, meta }) => ({ meta, payload: payload as Record<string, unknown> }))
      .filter(({ payload }) => payload['conversationId'] === conversationId);

  it('ends the answer of a dead process as interrupted, tells listeners, and what was used, once', async () => {
    const { conversationId, messageId } = await abandon(4);
    const live = suite.listen(conversationId);
    expect(await live.end()).toMatchObject({ type: 'error', code: 'INTERRUPTED', messageId, seq: 14 });

    const { data } = await suite.ask(listMessages, { conversationId });
    expect(data[1]).toMatchObject({ status: 'failed', errorCode: 'INTERRUPTED', content: 'Hello, this is' });
    await eventually(() =>
      expect(usageAbout(conversationId)).toMatchObject([
        {
          meta: { tenantId: suite.caller.tenantId },
          payload: { inputTokens: 300, outputTokens: 4, estimated: true },
        },
      ]),
    );
    live.events.length = 0;
    await suite.send(conversationId, 'Again?');
    expect(await live.end()).toMatchObject({ type: 'complete' });
  });

  it('leaves an answer alone that another process is writing', async () => {
    const alive = await abandon(-60);
    const dead = await abandon(60);
    await eventually(async () => expect(await statusOf(dead.messageId)).toBe('failed'));
    expect(await statusOf(alive.messageId)).toBe('streaming');
    await expect(suite.send(alive.conversationId, 'Hello')).rejects.toMatchObject({ code: 'STATE_CONFLICT' });
  });

  it('cancels an answer that another process is writing', async () => {
    await suite.model({ chunkDelayMs: 100 });
    const elsewhere = new InProcessTransport();
    const other = await suite.run({}, elsewhere);
    const { id } = await suite.begin();
    const live = suite.listen(id);
    const { messageId } = await suite.send(id, 'How do I sell to a dentist?');
    await live.chunks(2);
    await expect(suite.ask(cancelMessage, { messageId }, suite.caller, elsewhere)).resolves.toMatchObject({
      status: 'streaming',
    });
    expect(await live.end()).toMatchObject({ type: 'complete', stopReason: 'cancelled' });
    await other.close();
  });

  describe('at shutdown', () => {
    const stopWhileAnswering = async (env: Record<string, string>, chunkDelayMs: number) => {
      await suite.model({ chunkDelayMs });
      const transport = new InProcessTransport();
      const service: RunningService = await suite.run(env, transport);
      const { id } = await suite.begin();
      const live = suite.listen(id, transport);
      const question = { conversationId: id, text: 'How do I sell to a dentist?' };
      const { messageId } = await suite.ask(sendMessage, question, suite.caller, transport);
      await live.chunks(1);
      await service.close();
      return { id, messageId, live };
    };

    it('finishes what it is writing', async () => {
      const { messageId, live } = await stopWhileAnswering({}, 5);
      expect(live.events.at(-1)).toMatchObject({ type: 'complete' });
      expect(await statusOf(messageId)).toBe('complete');
    });

    it('marks as interrupted what takes longer than the grace period', async () => {
      const { id, messageId, live } = await stopWhileAnswering({ CHAT_SHUTDOWN_GRACE_MS: '50' }, 200);
      expect(live.events.at(-1)).toMatchObject({ type: 'error', code: 'INTERRUPTED' });
      const { message } = await suite.ask(resumeMessages, { conversationId: id, messageId });
      expect(message).toMatchObject({ status: 'failed', errorCode: 'INTERRUPTED', text: live.text });
    });
  });

  it.each([
    ['never answers', { ANTHROPIC_TIMEOUT_MS: '200' }, { failNext: 'hang' as const }],
    ['falls silent', { CHAT_IDLE_TIMEOUT_MS: '200' }, { chunkDelayMs: 1_000 }],
  ])('gives up on a provider that %s', async (_what, env, change) => {
    const transport = new InProcessTransport();
    const service = await suite.run(env, transport);
    await suite.model(change);
    const { id } = await suite.begin();
    const live = suite.listen(id, transport);
    await suite.ask(sendMessage, { conversationId: id, text: 'Hello?' }, suite.caller, transport);
    expect(await live.end()).toMatchObject({ type: 'error', code: 'UPSTREAM_TIMEOUT' });
    await service.close();
  });
});
