import { eventually } from '@parley/testing';
import { io, type Socket } from 'socket.io-client';
import { type Member, TestPlatform } from './support/platform';

interface Chunk {
  messageId: string;
  seq: number;
  chunk: string;
}
interface Complete {
  messageId: string;
  content: string;
}

/** A client as the designs have it, remembering what it heard. */
class Client {
  readonly chunks: Chunk[] = [];
  readonly completed: Complete[] = [];
  readonly errors: { code: string }[] = [];
  readonly heard: [string, Record<string, unknown>][] = [];

  constructor(readonly socket: Socket) {
    socket.on('agent:message:chunk', (chunk: Chunk) => this.chunks.push(chunk));
    socket.on('agent:message:complete', (complete: Complete) => this.completed.push(complete));
    socket.on('agent:error', (error: { code: string }) => this.errors.push(error));
    socket.onAny((name: string, payload: Record<string, unknown>) => this.heard.push([name, payload]));
  }

  get text(): string {
    return this.chunks.map(({ chunk }) => chunk).join('');
  }

  ask<Answer>(event: string, input: unknown): Promise<Answer> {
    return this.socket.timeout(10_000).emitWithAck(event, input) as Promise<Answer>;
  }
}

describe('sockets', () => {
  let platform: TestPlatform;
  let owner: Member;
  const clients: Client[] = [];

  const connect = async (token: string, path = '/agents-ws'): Promise<Client> => {
    const socket = io(platform.url, {
      path,
      auth: { token },
      transports: ['websocket'],
      reconnection: false,
    });
    const client = new Client(socket);
    clients.push(client);
    await new Promise<void>((resolve, reject) => {
      socket.once('connect', () => resolve());
      socket.once('connect_error', reject);
    });
    return client;
  };
  const newConversation = async (member = owner): Promise<string> => {
    const { body } = await platform.call<{ id: string }>('POST', '/v1/conversations', {
      token: member.accessToken,
      body: { personaId: 'closer' },
    });
    return body.id;
  };

  beforeAll(async () => {
    platform = await TestPlatform.start({ SOCKETS_PER_USER: '4' });
    owner = await platform.signUp('Chatter');
  });
  afterEach(() => clients.splice(0).forEach(({ socket }) => socket.disconnect()));
  afterAll(() => platform?.close());

  it.each(['/agents-ws', '/socket.io'])(
    'streams an answer over %s, and stores what it streamed',
    async (path) => {
      const client = await connect(owner.accessToken, path);
      const conversationId = await newConversation();
      const accepted = await client.ask<{ messageId: string }>('message', {
        conversationId,
        message: 'Bonjour, qui êtes-vous ?',
      });
      const answer = await eventually(() => {
        expect(client.completed).toHaveLength(1);
        return client.completed[0];
      });
      expect(answer?.messageId).toBe(accepted.messageId);
      expect(client.chunks.length).toBeGreaterThan(1);
      expect(client.text).toBe(answer?.content);
      expect([...client.chunks].sort((a, b) => a.seq - b.seq)).toEqual(client.chunks);
      const { body } = await platform.call<{ data: { role: string; content: string }[] }>(
        'GET',
        `/v1/conversations/${conversationId}/messages`,
        { token: owner.accessToken },
      );
      expect(body.data.find(({ role }) => role === 'assistant')?.content).toBe(answer?.content);
    },
  );

  it('goes on answering when the client leaves, and resumes by sequence when it is back', async () => {
    const leaving = await connect(owner.accessToken);
    const conversationId = await newConversation();
    const { messageId } = await leaving.ask<{ messageId: string }>('message', {
      conversationId,
      message: 'Tell me everything',
    });
    await eventually(() => expect(leaving.chunks.length).toBeGreaterThan(0));
    leaving.socket.disconnect();
    const seen = leaving.text;
    const back = await connect(owner.accessToken);
    await back.ask('conversation:join', {
      conversationId,
      messageId,
      afterSeq: leaving.chunks.at(-1)?.seq ?? 0,
    });
    const answer = await eventually(() => {
      expect(back.completed.length).toBeGreaterThan(0);
      return back.completed[0];
    });
    expect(seen + back.text).toBe(answer?.content);
  });

  it('refuses a connection without a valid token', async () => {
    await expect(connect('nonsense')).rejects.toMatchObject({ data: { code: 'INVALID_TOKEN' } });
  });

  it('refuses one person more sockets than they may have, on whatever path, until one is closed', async () => {
    const person = await platform.signUp('Many');
    const open: Client[] = [];
    for (const path of ['/agents-ws', '/socket.io', '/agents-ws', '/socket.io'])
      open.push(await connect(person.accessToken, path));
    const refusal = {
      message: '4 sockets are open already: close one first',
      data: { code: 'TOO_MANY_SOCKETS' },
    };
    await expect(connect(person.accessToken)).rejects.toMatchObject(refusal);
    await expect(connect(owner.accessToken)).resolves.toBeDefined();
    open[0]?.socket.disconnect();
    await eventually(() => expect(connect(person.accessToken)).resolves.toBeDefined());
    const together = await Promise.allSettled([1, 2, 3].map(() => connect(person.accessToken)));
    expect(together.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected']);
  });

  it('answers NOT_FOUND for a conversation of somebody else', async () => {
    const stranger = await platform.signUp('Stranger');
    const conversationId = await newConversation();
    const client = await connect(stranger.accessToken);
    const answer = await client.ask<{ error: { code: string } }>('message', {
      conversationId,
      message: 'hello',
    });
    expect(answer.error.code).toBe('NOT_FOUND');
    expect(client.errors).toEqual([expect.objectContaining({ code: 'NOT_FOUND', conversationId })]);
  });

  it('names the field of a faulty event and stays connected', async () => {
    const client = await connect(owner.accessToken);
    const answer = await client.ask<{ error: { code: string; details: { field: string }[] } }>('message', {
      conversationId: 5,
    });
    expect(answer.error.code).toBe('VALIDATION_FAILED');
    expect(answer.error.details.map(({ field }) => field)).toEqual(
      expect.arrayContaining(['conversationId', 'message']),
    );
    expect(client.socket.connected).toBe(true);
  });

  it('tells the sockets of a tenant, and no other, of its calls', async () => {
    const line = '+14185550130';
    await platform.arrangeLines(owner, {
      vapi: line,
      twilio: '+14185550131',
      accountSid: `AC${'c'.repeat(32)}`,
    });
    const stranger = await platform.signUp('Listener');
    const [ours, theirs] = [await connect(owner.accessToken), await connect(stranger.accessToken)];
    await fetch(`${platform.sandbox.url}/control/vapi/calls`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({
        webhookUrl: `${platform.url}/v1/webhooks/vapi`,
        from: '+15145550142',
        to: line,
      }),
    });
    await eventually(() => {
      const names = ours.heard.map(([name]) => name);
      expect(names).toEqual(expect.arrayContaining(['call:started', 'call:ended']));
    }, 20_000);
    expect(theirs.heard).toEqual([]);
    const ended = ours.heard.find(([name]) => name === 'call:ended');
    expect(ended?.[1]).not.toHaveProperty('transcript');
  });

  it('cuts the sockets of a session that ends, and refuses its token from then on', async () => {
    const leaver = await platform.signUp('Leaver');
    const client = await connect(leaver.accessToken);
    const logout = await platform.call('POST', '/v1/auth/logout', { token: leaver.accessToken, body: {} });
    expect(logout.status).toBe(204);
    await eventually(() => expect(client.socket.connected).toBe(false), 5_000);
    const { status } = await platform.call('GET', '/v1/users/me', { token: leaver.accessToken });
    expect(status).toBe(401);
  });
});
