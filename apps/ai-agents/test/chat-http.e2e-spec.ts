import { eventually } from '@parley/testing';
import { type Member, TestPlatform } from '../../../test/support/platform';

interface Listed<Item> {
  data: Item[];
}
interface Message {
  role: string;
  status: string;
  content: string;
}
interface Failure {
  error: { code: string; details?: { field: string }[] };
}

/** Chat over HTTP: E000-09 to E000-17, on the canonical paths and on those of design 000. */
describe.each([
  ['/v1/personas', '/v1/conversations', 'recommendations'],
  ['/api/canvas/agents', '/api/canvas/conversations', 'suggest'],
])('chat at %s and %s', (personas, conversations, recommend) => {
  let platform: TestPlatform;
  let owner: Member;
  let id: string;

  const call = <Body>(method: string, path: string, body?: unknown, who = owner) =>
    platform.call<Body>(method, path, { token: who.accessToken, ...(body === undefined ? {} : { body }) });

  beforeAll(async () => {
    platform = await TestPlatform.start();
    owner = await platform.signUp('Seller');
    const begun = await call<{ id: string }>('POST', conversations, {
      agentId: 'closer',
      title: 'Élise / devis',
    });
    expect(begun.status).toBe(201);
    id = begun.body.id;
  });
  afterAll(() => platform?.close());

  it('lists the personas and shows one by its slug', async () => {
    const { body } = await call<Listed<{ slug: string }>>('GET', personas);
    expect(body.data.map(({ slug }) => slug)).toEqual(['hunter', 'closer', 'educator', 'strategist']);
    await expect(call('GET', `${personas}/hunter`)).resolves.toMatchObject({
      status: 200,
      body: { slug: 'hunter' },
    });
    await expect(call('GET', `${personas}/nobody`)).resolves.toMatchObject({
      status: 404,
      body: { error: { code: 'AGENT_NOT_FOUND' } },
    });
  });

  it('recommends a persona for a goal', async () => {
    const { status, body } = await call<Listed<{ persona: { slug: string } }>>(
      'POST',
      `${personas}/${recommend}`,
      {
        goal: 'find new leads',
      },
    );
    expect(status).toBe(200);
    expect(body.data[0]?.persona.slug).toBe('hunter');
  });

  it('answers a message that came over HTTP', async () => {
    const sent = await call<{ messageId: string }>('POST', `/v1/conversations/${id}/messages`, {
      text: 'Too expensive?',
    });
    expect(sent).toMatchObject({ status: 202, body: { conversationId: id, messageId: expect.any(String) } });
    await eventually(async () => {
      const { body } = await call<Listed<Message>>(
        'GET',
        `/v1/conversations/${id}/messages?order=desc&limit=1`,
      );
      expect(body.data[0]).toMatchObject({ role: 'assistant', status: 'complete' });
    });
    const { body } = await call<{ messages: Message[] }>('GET', `${conversations}/${id}`);
    expect(body.messages.map(({ role }) => role)).toEqual(['user', 'assistant']);
    const found = await call<Listed<{ id: string }>>('GET', `${conversations}?q=expensive`);
    expect(found.body.data).toMatchObject([{ id }]);
  });

  it.each([
    ['json', 'application/json; charset=utf-8', /"messages": \[/],
    ['md', 'text/markdown; charset=utf-8', /^# Élise/],
    ['txt', 'text/plain; charset=utf-8', /^Élise/],
  ])('exports as %s', async (format, contentType, begins) => {
    const { status, headers, body } = await call('GET', `${conversations}/${id}/export?format=${format}`);
    expect(status).toBe(200);
    expect(headers.get('content-type')).toBe(contentType);
    expect(headers.get('content-disposition')).toMatch(
      new RegExp(`^attachment; filename="conversation-[0-9-]+-elise-devis\\.${format}"$`),
    );
    expect(typeof body === 'string' ? body : JSON.stringify(body, null, 2)).toMatch(begins);
  });

  it.each([
    ['POST', '', {}, 'personaId'],
    ['POST', '', { agentId: 'closer', colour: 'red' }, 'colour'],
    ['GET', '?limit=5000', undefined, 'limit'],
    ['GET', '/not-a-uuid', undefined, 'id'],
    ['GET', '?cursor=bad', undefined, 'cursor'],
  ])('refuses %s %s %p naming the field', async (method, path, body, field) => {
    const answer = await call<Failure>(method, conversations + path, body);
    expect(answer).toMatchObject({ status: 400, body: { error: { code: 'VALIDATION_FAILED' } } });
    expect(answer.body.error.details?.map((fault) => fault.field)).toContain(field);
  });

  it("is closed to strangers: everybody's ids answer 404", async () => {
    const stranger = await platform.signUp('Stranger');
    for (const [method, path, body] of [
      ['GET', `${conversations}/${id}`, undefined],
      ['GET', `${conversations}/${id}/export`, undefined],
      ['GET', `/v1/conversations/${id}/messages`, undefined],
      ['POST', `/v1/conversations/${id}/messages`, { text: 'hello' }],
      ['DELETE', `${conversations}/${id}`, undefined],
    ] as const) {
      const answer = await call<Failure>(method, path, body, stranger);
      expect([path, answer.status]).toEqual([path, 404]);
    }
    expect((await platform.call('GET', conversations)).status).toBe(401);
  });

  it('deletes a conversation', async () => {
    expect((await call('DELETE', `${conversations}/${id}`)).status).toBe(204);
    expect((await call('GET', `${conversations}/${id}`)).status).toBe(404);
  });
});
