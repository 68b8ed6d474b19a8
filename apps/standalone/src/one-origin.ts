import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { RunningService } from '@parley/platform';
import { PROVIDER_PATHS, WebhookDoor } from '../../telephony-ingest/src';

/** Providers' bodies may be larger than users': telephony-ingest has its own, smaller or equal, cap. */
const PROVIDER_BODY_LIMIT = 5 * 1024 * 1024;

/**
 * Lets the gateway's origin serve the providers' paths as well, passing on the raw bytes. In a cluster the
 * ingress does this by path.
 */
export function mountProviders(telephony: RunningService): (app: NestFastifyApplication) => Promise<void> {
  return async (app) => {
    const door = telephony.get(WebhookDoor);
    const fastify = app.getHttpAdapter().getInstance();
    await fastify.register(async (scope) => {
      scope.removeAllContentTypeParsers();
      scope.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
      for (const path of PROVIDER_PATHS) {
        scope.post(path, { bodyLimit: PROVIDER_BODY_LIMIT }, async (request, reply) => {
          const answer = await door.handle({
            method: request.method,
            path: request.originalUrl,
            headers: request.headers,
            body: Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0),
            ip: request.ip,
          });
          return reply.status(answer.status).headers(answer.headers).send(answer.body);
        });
      }
    });
  };
}
