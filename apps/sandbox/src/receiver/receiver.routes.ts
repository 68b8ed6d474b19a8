import { setTimeout as pause } from 'node:timers/promises';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { RECEIVER_SCHEMES, type Receivers, type ReceiverScheme, type RespondWith } from './receivers';

const status = { type: 'integer', minimum: 100, maximum: 599 };

const receiverSchema = {
  type: 'object',
  additionalProperties: false,
  required: ['path'],
  properties: {
    path: { type: 'string', pattern: '^[^/].*$' },
    secret: { type: 'string' },
    scheme: { enum: [...RECEIVER_SCHEMES] },
    respondWith: {
      type: 'object',
      additionalProperties: false,
      properties: {
        status,
        headers: { type: 'object', additionalProperties: { type: 'string' } },
        delayMs: { type: 'integer', minimum: 0, maximum: 600_000 },
        sequence: { type: 'array', items: status },
      },
    },
  },
};

interface ReceiverBody {
  path: string;
  secret?: string;
  scheme?: ReceiverScheme;
  respondWith?: RespondWith;
}

export function registerReceiver(app: FastifyInstance, receivers: Receivers): void {
  app.post<{ Body: ReceiverBody }>(
    '/control/receivers',
    { schema: { body: receiverSchema } },
    async ({ body }, reply) => {
      const { path, secret = '', scheme = 'none', respondWith = {} } = body;
      if (scheme !== 'none' && secret === '') {
        return reply.code(400).send({ error: `scheme ${scheme} needs a secret` });
      }
      receivers.register({ path, secret, scheme, respondWith });
      return reply.code(201).send({ path, scheme, url: `/n8n/webhook/${path}` });
    },
  );

  app.get<{ Querystring: { path?: string } }>('/n8n/received', ({ query }) => ({
    received: receivers.receivedAt(query.path),
    countByEventId: receivers.countsByEventId(query.path),
  }));
  app.delete('/n8n/received', async (_request, reply) => {
    receivers.clear();
    return reply.code(204).send();
  });

  app.register(async (scope) => {
    // The signature covers the bytes, so nothing may parse them first.
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser(
      '*',
      { parseAs: 'buffer' },
      async (_request: unknown, body: string | Buffer) => body,
    );
    registerWebhook(scope, receivers);
  });
}

/** n8n in the answer mode "immediately": 200 says that the workflow was started, not that it liked what it got. */
function registerWebhook(scope: FastifyInstance, receivers: Receivers): void {
  scope.post<{ Params: { '*': string } }>('/n8n/webhook/*', async (request, reply) => {
    const path = request.params['*'];
    const receiver = receivers.find(path);
    if (receiver === undefined) {
      return reply.code(404).send({
        code: 404,
        message: `The requested webhook "POST ${path}" is not registered.`,
        hint: 'The workflow must be active for a production URL to run successfully.',
      });
    }
    const { answered } = receivers.take(receiver, singleHeaders(request), textOf(request.body));
    const { headers = {}, delayMs = 0 } = receiver.respondWith;
    if (delayMs > 0) await pause(delayMs);
    const body =
      answered < 300 ? { message: 'Workflow was started' } : { code: answered, message: 'Workflow failed' };
    return reply.code(answered).headers(headers).send(body);
  });
}

function textOf(body: unknown): string {
  return Buffer.isBuffer(body) ? body.toString('utf8') : '';
}

function singleHeaders({ headers }: FastifyRequest): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, String(value)]));
}
