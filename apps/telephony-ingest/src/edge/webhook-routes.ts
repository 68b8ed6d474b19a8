import { toAppError } from '@parley/platform';
import type { FastifyInstance } from 'fastify';
import { refusalAnswer, type WebhookDoor } from './webhook-door';
import type { WebhookAnswer } from './webhook';
import { PROVIDER_PATHS } from './webhook-paths';

/**
 * Mounts the providers' paths on a Fastify instance: the service's own, or the gateway's in standalone. Plain
 * routes in a scope of their own rather than Nest controllers: bodies stay the bytes they are, and the hot path
 * skips guards, pipes and interceptors it has no use for.
 */
export async function mountWebhooks(
  fastify: FastifyInstance,
  door: WebhookDoor,
  bodyLimit: number,
): Promise<void> {
  await fastify.register(async (scope) => {
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser('*', { parseAs: 'buffer', bodyLimit }, (_request, body, done) =>
      done(null, body),
    );
    const send = (reply: Reply, answer: WebhookAnswer): Reply => {
      if (answer.headers) reply.headers(answer.headers);
      return reply.code(answer.status).header('content-type', answer.contentType).send(answer.body);
    };
    scope.setErrorHandler((error, _request, reply) => send(reply, refusalAnswer(toAppError(error))));
    for (const { path } of PROVIDER_PATHS) {
      scope.post(path, { bodyLimit }, async (request, reply) => {
        const body = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
        const { method, originalUrl, headers } = request;
        return send(reply, await door.handle({ method, path: originalUrl, headers, body }));
      });
    }
  });
}

type Reply = Parameters<Parameters<FastifyInstance['setErrorHandler']>[0]>[2];
