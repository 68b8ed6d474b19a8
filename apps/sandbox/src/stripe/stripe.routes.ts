import { randomBytes } from 'node:crypto';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { servedFaults } from '../faults/served-faults';
import type { FaultSwitches } from '../faults/fault-switches';
import { secretsEqual } from '../secrets';
import type { SimulatedStripe } from './stripe';
import { serveBilling } from './stripe-billing.routes';
import { serveCatalogue } from './stripe-catalogue.routes';
import { StripeRefusal } from './stripe-errors';
import { parseStripeForm, type Params } from './stripe-form';
import { StripeIdempotency } from './stripe-idempotency';

export interface StripeRequest {
  /** The `:id` of the path. */
  id: string;
  /** Body of a POST, else the query. */
  params: Params;
  /** Where the caller reached the sandbox. */
  origin: string;
}

export type Serve = (
  method: 'GET' | 'POST' | 'DELETE',
  path: string,
  work: (request: StripeRequest) => object,
) => void;

/**
 * Stripe's API. At the root, not below a path of its own: the SDK can be pointed at another host and port only.
 * An undefined key welcomes every bearer token.
 */
export function registerStripe(
  app: FastifyInstance,
  stripe: SimulatedStripe,
  faults: FaultSwitches,
  apiKey: string | undefined,
): void {
  app.register(async (scope) => {
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser('*', { parseAs: 'string' }, (_request, body, done) => done(null, body));
    scope.addHook(
      'onRequest',
      servedFaults(faults, () => new StripeRefusal(503, 'api_error', undefined, 'Service unavailable').body),
    );
    scope.addHook('onRequest', onlyKeyHolder(apiKey));
    scope.setErrorHandler((error, _request, reply) => {
      if (error instanceof StripeRefusal) return reply.code(error.status).send(error.body);
      throw error;
    });
    const idempotency = new StripeIdempotency();

    const serve: Serve = (method, url, work) => {
      scope.route({
        method,
        url,
        handler: async (request, reply) => {
          const body = typeof request.body === 'string' ? request.body : '';
          const query = request.url.split('?', 2)[1] ?? '';
          const { id = '' } = request.params as { id?: string };
          const input: StripeRequest = {
            id,
            params: parseStripeForm(method === 'POST' ? body : query),
            origin: `${request.protocol}://${request.host}`,
          };
          const key = method === 'GET' ? undefined : request.headers['idempotency-key']?.toString();
          const about = `${method} ${request.url} ${body}`;
          const answer = idempotency.answer(key, about, () => work(input));
          if (answer.replayed) void reply.header('idempotent-replayed', 'true');
          return reply
            .code(answer.status)
            .header('request-id', `req_${randomBytes(7).toString('hex')}`)
            .send(answer.body);
        },
      });
    };
    serveCatalogue(serve, stripe);
    serveBilling(serve, stripe);
    scope.all('/v1/*', (request, reply) => notHere(request, reply));
    scope.all('/v2/*', (request, reply) => notHere(request, reply));
  });
}

function notHere(request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const message = `Unrecognized request URL (${request.method}: ${request.url}).`;
  return reply.code(404).send(new StripeRefusal(404, 'invalid_request_error', undefined, message).body);
}

function onlyKeyHolder(apiKey: string | undefined) {
  return async ({ headers }: FastifyRequest, reply: FastifyReply): Promise<FastifyReply | undefined> => {
    const given = headers.authorization?.replace(/^Bearer /, '') ?? '';
    if (given !== '' && (apiKey === undefined || secretsEqual(given, apiKey))) return undefined;
    const message = given === '' ? 'You did not provide an API key.' : 'Invalid API Key provided.';
    return reply.code(401).send(new StripeRefusal(401, 'invalid_request_error', undefined, message).body);
  };
}
