import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { CompatRoute, Target } from './compat-routes';
import { compatRouteOf } from './compat-table';
import type { Json, JsonObject } from './letter-case';
import { isObject } from './letter-case';
import { readRequest, targetOf, tell } from './translation';

/** Translates what comes by a design's path, and what goes back. Canonical routes pass untouched. */
export function speakDialects(fastify: FastifyInstance): void {
  fastify.addHook('preValidation', async (request, reply) => {
    const route = compatRouteOf(request.raw);
    if (!route) return undefined;
    request.query = readRequest(route, request.query, 'query');
    request.body = readRequest(route, request.body, 'body');
    const other = targetOf(route, request.body);
    return other ? passOn(fastify, request, reply, other) : undefined;
  });
  fastify.addHook('onSend', async (request, reply, payload) => {
    const route = compatRouteOf(request.raw);
    if (!route) return payload;
    void reply.headers({
      deprecation: 'true',
      link: `<${route.to.path}>; rel="successor-version"`,
    });
    if (typeof payload !== 'string' || payload === '' || !isJson(reply)) return payload;
    const answer = JSON.parse(payload) as Json;
    const whole = reply.statusCode < 400 ? await completed(fastify, request, route, answer) : answer;
    const told = tell(route, reply.statusCode, whole);
    void reply.status(told.status).removeHeader('content-length');
    return JSON.stringify(told.body);
  });
}

const isJson = (reply: FastifyReply): boolean => String(reply.getHeader('content-type')).includes('json');

/** The body means another operation than the path alone: that route answers, with all its own checks. */
async function passOn(
  fastify: FastifyInstance,
  request: FastifyRequest,
  reply: FastifyReply,
  { method = 'POST', path, query }: Target,
): Promise<FastifyReply> {
  const answer = await fastify.inject({
    method,
    url: query ? `${path}?${query}` : path,
    headers: { ...senderOf(request), 'content-type': 'application/json' },
    remoteAddress: request.socket.remoteAddress ?? '',
    payload: JSON.stringify(request.body),
  });
  const { 'content-length': _length, connection: _connection, ...headers } = answer.headers;
  return reply.status(answer.statusCode).headers(headers).send(answer.payload);
}

async function completed(
  fastify: FastifyInstance,
  request: FastifyRequest,
  { with: more }: CompatRoute,
  answer: Json,
): Promise<Json> {
  if (!more || !isObject(answer)) return answer;
  const parts = await Promise.all(
    Object.entries(more).map(async ([name, url]): Promise<[string, Json]> => {
      const headers = senderOf(request);
      const part = await fastify.inject({
        method: 'GET',
        url,
        headers,
        remoteAddress: request.socket.remoteAddress ?? '',
      });
      return [name, part.statusCode === 200 ? part.json<Json>() : null];
    }),
  );
  return { ...answer, ...(Object.fromEntries(parts) as JsonObject) };
}

/** Of one hop or one body only; the rest says who asks and goes along. */
const OWN_HEADERS = new Set([
  'host',
  'connection',
  'content-length',
  'content-type',
  'transfer-encoding',
  'expect',
]);

function senderOf({ headers, id }: FastifyRequest): Record<string, string> {
  const sent = Object.entries(headers).flatMap(([name, value]) =>
    typeof value === 'string' && !OWN_HEADERS.has(name) ? [[name, value]] : [],
  );
  return { ...(Object.fromEntries(sent) as Record<string, string>), 'x-request-id': id };
}
