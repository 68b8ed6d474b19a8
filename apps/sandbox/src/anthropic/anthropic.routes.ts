import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { servedFaults } from '../faults/served-faults';
import type { FaultSwitches } from '../faults/fault-switches';
import { secretsEqual } from '../secrets';
import { composeAnswer, countTokens } from './anthropic-answer';
import { AnthropicError, errorBody, newRequestId, OVERLOADED } from './anthropic-errors';
import { toMessage, toRefusal } from './anthropic-message';
import { findModel, listModels } from './anthropic-models';
import { countedRequest, messagesRequest } from './anthropic-request';
import { streamEvents } from './anthropic-sse';
import { answerEvents, refusalEvents } from './anthropic-stream';
import type { AnthropicFailure, AnthropicSwitches } from './anthropic-switches';

export interface AnthropicApi {
  switches: AnthropicSwitches;
  /** When undefined every key is welcome. */
  apiKey: string | undefined;
}

/** The Messages API below `/anthropic/v1`: text in, text out. Tools and thinking are not simulated. */
export function registerAnthropic(
  app: FastifyInstance,
  { switches, apiKey }: AnthropicApi,
  faults: FaultSwitches,
): void {
  app.register(
    async (scope) => {
      scope.addHook(
        'onRequest',
        servedFaults(faults, () => errorBody('api_error', 'Internal server error', newRequestId())),
      );
      scope.addHook('preHandler', onlyKeyHolder(apiKey));
      scope.setErrorHandler(async (error: FastifyError, _request, reply) => sendError(reply, error));

      scope.post('/messages', (request, reply) => answerMessage(request, reply, switches));
      scope.post('/messages/count_tokens', ({ body, headers }) => ({
        input_tokens: countTokens(countedRequest(body, versionIn(headers))),
      }));
      scope.get('/models', () => listModels());
      scope.get<{ Params: { id: string } }>('/models/:id', ({ params }) => {
        const model = findModel(params.id);
        if (model === undefined) throw new AnthropicError(404, 'not_found_error', `model: ${params.id}`);
        return model;
      });
    },
    { prefix: '/anthropic/v1' },
  );
}

async function answerMessage(
  request: FastifyRequest,
  reply: FastifyReply,
  switches: AnthropicSwitches,
): Promise<FastifyReply> {
  const wanted = messagesRequest(request.body, versionIn(request.headers));
  const failure = switches.takeFailure();
  throwIfRefusedAtOnce(failure, wanted.stream);
  if (failure === 'hang') return reply.hijack();
  const answer = composeAnswer(wanted);
  const requestId = newRequestId();
  const { pace } = switches;
  if (wanted.stream) {
    const refused = failure === 'refusal';
    const events = refused
      ? refusalEvents(wanted.model, answer.inputTokens)
      : answerEvents(wanted.model, answer, pace.chunkSize);
    reply.hijack();
    await streamEvents(reply.raw, events, { pace, failure: refused ? undefined : failure, requestId });
    return reply;
  }
  if (failure === 'cut' || failure === 'close') {
    reply.hijack();
    reply.raw.destroy();
    return reply;
  }
  const message =
    failure === 'refusal' ? toRefusal(wanted.model, answer.inputTokens) : toMessage(wanted.model, answer);
  return reply.header('request-id', requestId).send(message);
}

function throwIfRefusedAtOnce(failure: AnthropicFailure | undefined, stream: boolean): void {
  if (failure === 'overloaded' || (failure === 'sse-error' && !stream)) throw OVERLOADED;
  if (failure === '429') {
    throw new AnthropicError(429, 'rate_limit_error', 'Your organization has hit a rate limit.', {
      'retry-after': '1',
    });
  }
  if (failure === '500') throw new AnthropicError(500, 'api_error', 'Internal server error');
  if (failure === '401') throw new AnthropicError(401, 'authentication_error', 'invalid x-api-key');
}

/** SDK 1.x sends a bearer token, older ones `x-api-key`; when both are sent the latter counts. */
function onlyKeyHolder(apiKey: string | undefined) {
  return async ({ headers }: FastifyRequest): Promise<void> => {
    const bearer = /^Bearer (.+)$/i.exec(headers.authorization ?? '')?.[1];
    const given = headers['x-api-key']?.toString() ?? bearer;
    if (given === undefined || given === '') {
      throw new AnthropicError(401, 'authentication_error', 'x-api-key header is required');
    }
    if (apiKey !== undefined && !secretsEqual(given, apiKey)) {
      throw new AnthropicError(401, 'authentication_error', 'invalid x-api-key');
    }
  };
}

function versionIn(headers: FastifyRequest['headers']): string {
  const version = headers['anthropic-version'];
  if (typeof version !== 'string') {
    throw new AnthropicError(400, 'invalid_request_error', 'anthropic-version: header is required');
  }
  return version;
}

function sendError(reply: FastifyReply, error: FastifyError | AnthropicError): FastifyReply {
  const requestId = newRequestId();
  if (error instanceof AnthropicError) {
    const { status, headers, type, message } = error;
    return reply
      .code(status)
      .headers({ ...headers, 'request-id': requestId })
      .send(errorBody(type, message, requestId));
  }
  const status = error.statusCode ?? 500;
  const type = { 413: 'request_too_large', 500: 'api_error' }[status] ?? 'invalid_request_error';
  return reply
    .code(status)
    .header('request-id', requestId)
    .send(errorBody(type, error.message, requestId));
}
