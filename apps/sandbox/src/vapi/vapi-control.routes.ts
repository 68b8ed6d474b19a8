import { randomUUID } from 'node:crypto';
import type { FastifyInstance } from 'fastify';
import { VAPI_AUTH_MODES, type VapiAuthMode } from './vapi-auth';
import { vapiCall } from './vapi-call';
import type { Dialogue, ToolUse } from './vapi-dialogue';
import type { VapiRest } from './vapi-rest.routes';

const text = { type: 'string', minLength: 1 };
const flag = { type: 'boolean' };
const object = { type: 'object' };

const callSchema = {
  type: 'object',
  additionalProperties: false,
  required: ['webhookUrl', 'to', 'from'],
  properties: {
    webhookUrl: { type: 'string', pattern: '^https?://' },
    to: text,
    from: text,
    callId: { type: 'string', format: 'uuid' },
    customerName: text,
    durationSeconds: { type: 'integer', minimum: 0, maximum: 86_400 },
    endedReason: text,
    assistantId: text,
    authMode: { enum: [...VAPI_AUTH_MODES] },
    secret: text,
    extraHeaders: { type: 'object', additionalProperties: { type: 'string' } },
    hang: flag,
    legacyFields: flag,
    summary: text,
    structuredData: object,
    tool: {
      anyOf: [
        { type: 'null' },
        {
          type: 'object',
          additionalProperties: false,
          required: ['name', 'arguments'],
          properties: { name: text, arguments: object, shape: { enum: ['string', 'object', 'flat'] } },
        },
      ],
    },
    utterances: {
      type: 'array',
      minItems: 1,
      items: {
        type: 'object',
        additionalProperties: false,
        required: ['role', 'text'],
        properties: { role: { enum: ['assistant', 'user'] }, text },
      },
    },
    paceMs: { type: 'integer', minimum: 0, maximum: 60_000 },
    retries: { type: 'integer', minimum: 0, maximum: 20 },
    wait: flag,
  },
};

interface CallBody {
  webhookUrl: string;
  to: string;
  from: string;
  callId?: string;
  customerName?: string;
  durationSeconds?: number;
  endedReason?: string;
  /** Given: the number has a fixed assistant and nothing is asked. */
  assistantId?: string;
  authMode?: VapiAuthMode;
  /** Of the tenant, when it is not the sandbox's own. */
  secret?: string;
  extraHeaders?: Record<string, string>;
  hang?: boolean;
  legacyFields?: boolean;
  summary?: string;
  structuredData?: Record<string, unknown>;
  tool?: (Pick<ToolUse, 'name' | 'arguments'> & { shape?: ToolUse['shape'] }) | null;
  utterances?: Dialogue['utterances'];
  paceMs?: number;
  retries?: number;
  wait?: boolean;
}

export function registerVapiControl(app: FastifyInstance, { simulator, background, auth }: VapiRest): void {
  app.post<{ Body: CallBody }>(
    '/control/vapi/calls',
    { schema: { body: callSchema } },
    async ({ body, log }, reply) => {
      const {
        webhookUrl,
        extraHeaders = {},
        paceMs = 0,
        retries = 0,
        wait = true,
        authMode,
        secret,
        ...about
      } = body;
      const call = vapiCall({
        ...about,
        callId: body.callId ?? randomUUID(),
        auth: { mode: authMode ?? auth.mode, secret: secret ?? auth.secret },
        dialogue: dialogueOf(body),
      });
      const options = { webhookUrl, extraHeaders, paceMs, retries };
      if (wait) return reply.code(201).send(await simulator.play(call, options));
      background.start(
        () => simulator.play(call, options),
        (error) => log.error(error),
      );
      return reply.code(202).send({ callId: call.callId });
    },
  );
}

/** Only what was asked for replaces the default script. */
function dialogueOf({ summary, structuredData, tool, utterances }: CallBody): Partial<Dialogue> {
  return {
    ...(summary === undefined ? {} : { summary }),
    ...(structuredData === undefined ? {} : { structuredData }),
    ...(utterances === undefined ? {} : { utterances }),
    ...(tool === undefined ? {} : { tool: tool && { ...TOOL_DEFAULTS, ...tool } }),
  };
}

const TOOL_DEFAULTS = { shape: 'string', afterUtterance: 1, fallbackResult: 'aucune réponse' } as const;
