import fastify, { type FastifyInstance } from 'fastify';

export interface ReceivedRequest {
  path: string;
  headers: Record<string, string | string[] | undefined>;
  body: string;
}

export interface FakePlatform {
  url: string;
  received: ReceivedRequest[];
  /** Decides what is answered; by default TwiML on `/twilio…`, an assistant and tool results on `/vapi`. */
  answer: (request: ReceivedRequest) => { status?: number; type?: string; body: string };
  close(): Promise<void>;
}

/** Stands where the platform stands: takes every webhook as raw bytes. */
export async function startFakePlatform(): Promise<FakePlatform> {
  const app: FastifyInstance = fastify({ forceCloseConnections: true });
  const received: ReceivedRequest[] = [];
  app.removeAllContentTypeParsers();
  app.addContentTypeParser(
    '*',
    { parseAs: 'string' },
    async (_request: unknown, body: string | Buffer) => body,
  );
  const platform: FakePlatform = { url: '', received, answer: usualAnswer, close: () => app.close() };
  app.post('/*', async (request, reply) => {
    const arrived = { path: request.url, headers: request.headers, body: String(request.body) };
    received.push(arrived);
    const { status = 200, type = 'application/json', body } = platform.answer(arrived);
    return reply.code(status).type(type).send(body);
  });
  platform.url = await app.listen({ port: 0, host: '127.0.0.1' });
  return platform;
}

function usualAnswer({ path, body }: ReceivedRequest): { type?: string; body: string } {
  if (path.startsWith('/twilio'))
    return { type: 'text/xml', body: '<Response><Say>Bonjour</Say></Response>' };
  const { message } = JSON.parse(body) as { message: { type: string; toolCallList?: Array<{ id: string }> } };
  if (message.type === 'assistant-request') return { body: '{"assistantId":"assistant-of-the-tenant"}' };
  const results = message.toolCallList?.map(({ id }) => ({ toolCallId: id, result: '9 h ou 16 h' }));
  return { body: JSON.stringify(results === undefined ? {} : { results }) };
}
