import { Transform } from 'node:stream';
import { AppError } from '@parley/contracts';
import type { LiveConfig } from '@parley/platform';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { GatewayConfig } from '../config';

/** As far as administrators may raise the limit; Fastify's own limit is fixed when it starts. */
export const MOST_BODY_BYTES = 50 * 1024 * 1024;

const tooLarge = (limit: number): AppError =>
  new AppError('tooLarge', 'FILE_TOO_LARGE', `The body is over ${limit} bytes`);

/**
 * Limits bodies by a setting that changes while the gateway runs. Routes with a limit of their own keep it.
 * @param ceiling Fastify's limit, which routes without one of their own have
 */
export function limitBodies(
  fastify: FastifyInstance,
  live: LiveConfig<GatewayConfig>,
  ceiling: number,
): void {
  const limitOf = ({ routeOptions }: FastifyRequest): number =>
    routeOptions.bodyLimit === ceiling ? live.get('BODY_LIMIT_BYTES') : routeOptions.bodyLimit;
  fastify.addHook('preParsing', (request, _reply, payload, done) => {
    const limit = limitOf(request);
    const { 'content-length': length, 'transfer-encoding': encoding } = request.headers;
    if (encoding === undefined) {
      done(Number(length ?? 0) > limit ? tooLarge(limit) : null, payload);
      return;
    }
    const counted = counting(limit);
    payload.on('error', (error) => counted.destroy(error));
    done(null, payload.pipe(counted));
  });
}

/** Of a body that does not tell its length. */
function counting(limit: number): Transform {
  let bytes = 0;
  return new Transform({
    transform(chunk: Buffer, _encoding, next) {
      bytes += chunk.length;
      if (bytes > limit) next(tooLarge(limit));
      else next(null, chunk);
    },
  });
}
