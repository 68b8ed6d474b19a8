import type { FastifyInstance } from 'fastify';

/** Many clients name a JSON body on every POST, also where they send none: then there is none to read. */
export function allowEmptyBodies(fastify: FastifyInstance): void {
  fastify.addHook('onRequest', (request, _reply, done) => {
    const { headers } = request.raw;
    const empty =
      headers['content-length'] === undefined
        ? headers['transfer-encoding'] === undefined
        : headers['content-length'] === '0';
    if (empty) delete headers['content-type'];
    done();
  });
}
