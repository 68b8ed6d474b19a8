import { randomUUID } from 'node:crypto';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Background } from '../delivery/background';
import { servedFaults } from '../faults/served-faults';
import type { FaultSwitches } from '../faults/fault-switches';
import { secretsEqual } from '../secrets';
import { vapiCall, type VapiCall } from './vapi-call';
import type { VapiAuth } from './vapi-auth';
import { heardByDefault } from './vapi-call-script';
import type { VapiSimulator } from './vapi-simulator';
import { toCallResource } from './vapi-store';

const E164 = /^\+[1-9]\d{6,14}$/;

export interface VapiRest {
  simulator: VapiSimulator;
  background: Background;
  auth: VapiAuth;
  /** When undefined every bearer token is welcome. */
  apiKey: string | undefined;
}

interface CreateCallBody {
  assistantId?: string;
  assistant?: { server?: { url?: string } };
  assistantOverrides?: { server?: { url?: string } };
  squadId?: string;
  workflowId?: string;
  phoneNumberId?: string;
  phoneNumber?: { number?: string };
  customer?: { number?: string; name?: string };
  name?: string;
}

interface ListQuery {
  limit?: string;
  createdAtGe?: string;
  createdAtGt?: string;
  createdAtLe?: string;
  createdAtLt?: string;
}

/** The REST API below `/vapi`: calls only. */
export function registerVapiRest(app: FastifyInstance, rest: VapiRest, faults: FaultSwitches): void {
  const { simulator } = rest;
  app.register(
    async (scope) => {
      scope.addHook(
        'onRequest',
        servedFaults(faults, () => vapiError(503, 'Service temporarily unavailable')),
      );
      scope.addHook('preHandler', onlyKeyHolder(rest.apiKey));

      scope.post<{ Body: CreateCallBody }>('/call', async ({ body, log }, reply) => {
        const faultsFound = faultsIn(body);
        if (faultsFound.length > 0) return reply.code(400).send(vapiError(400, faultsFound));
        const call = callFrom(body, rest.auth);
        const queued = toCallResource({ call, status: 'queued', heard: heardByDefault(call) });
        const webhookUrl = body.assistant?.server?.url ?? body.assistantOverrides?.server?.url;
        if (webhookUrl === undefined) simulator.store.add(call, heardByDefault(call));
        else {
          rest.background.start(
            () => simulator.play(call, { webhookUrl, extraHeaders: {}, paceMs: 0, retries: 0 }),
            (error) => log.error(error),
          );
        }
        return reply.code(201).send({ ...queued, ...(body.name === undefined ? {} : { name: body.name }) });
      });

      scope.get<{ Querystring: ListQuery }>('/call', ({ query }) =>
        simulator.store
          .list()
          .filter(({ call }) => wasCreated(call.createdAt.toISOString(), query))
          .reverse()
          .slice(0, Number(query.limit ?? 100))
          .map(toCallResource),
      );

      scope.get<{ Params: { id: string } }>('/call/:id', async ({ params }, reply) => {
        const record = simulator.store.find(params.id);
        if (record === undefined)
          return reply.code(404).send(vapiError(404, `Couldn't Find Call ${params.id}`));
        return toCallResource(record);
      });
    },
    { prefix: '/vapi' },
  );
}

const ERRORS: Record<number, string> = {
  400: 'Bad Request',
  401: 'Unauthorized',
  404: 'Not Found',
  503: 'Service Unavailable',
};

function vapiError(statusCode: number, message: string | string[]): object {
  return { message, error: ERRORS[statusCode], statusCode };
}

function onlyKeyHolder(apiKey: string | undefined) {
  return async ({ headers }: FastifyRequest, reply: FastifyReply): Promise<FastifyReply | undefined> => {
    const token = /^Bearer (.+)$/i.exec(headers.authorization ?? '')?.[1];
    if (token !== undefined && (apiKey === undefined || secretsEqual(token, apiKey))) return undefined;
    return reply
      .code(401)
      .send(
        vapiError(401, 'Invalid Key. Hot tip, you may be using the public key instead of the private key.'),
      );
  };
}

function faultsIn(body: CreateCallBody): string[] {
  const found: string[] = [];
  if (!E164.test(body.customer?.number ?? '')) {
    found.push('customer.number must be a valid phone number in the E.164 format');
  }
  if (!body.assistantId && !body.assistant && !body.squadId && !body.workflowId) {
    found.push('one of assistantId, assistant, squadId or workflowId must be given');
  }
  if (!body.phoneNumberId && !body.phoneNumber) found.push('phoneNumberId or phoneNumber must be given');
  return found;
}

function callFrom(body: CreateCallBody, auth: VapiAuth): VapiCall {
  return vapiCall({
    callId: randomUUID(),
    auth,
    type: 'outboundPhoneCall',
    from: body.phoneNumber?.number ?? '+14185550100',
    to: body.customer?.number ?? '',
    ...(body.customer?.name === undefined ? {} : { customerName: body.customer.name }),
    assistantId: body.assistantId ?? randomUUID(),
    durationSeconds: 45,
  });
}

function wasCreated(createdAt: string, query: ListQuery): boolean {
  const at = Date.parse(createdAt);
  const instant = (text: string | undefined, otherwise: number): number =>
    text === undefined ? otherwise : Date.parse(text);
  return (
    at >= instant(query.createdAtGe, -Infinity) &&
    at > instant(query.createdAtGt, -Infinity) &&
    at <= instant(query.createdAtLe, Infinity) &&
    at < instant(query.createdAtLt, Infinity)
  );
}
