import type { FastifyInstance } from 'fastify';
import type { Background } from '../delivery/background';
import {
  DEFAULT_TWILIO_ACCOUNT_SID,
  TWILIO_PATHS,
  TWILIO_STATUS_EVENTS,
  twilioCall,
  type TwilioPaths,
} from './twilio-call';
import type { TwilioAccounts } from './twilio-accounts';
import { newTwilioSid } from './twilio-ids';
import type { TwilioRest } from './twilio-rest.routes';
import { inboundSmsForm } from './twilio-sms-script';
import type { TwilioSimulator } from './twilio-simulator';
import { webhookUrlAt } from './twilio-signature';
import { twimlFault } from './twiml';

const scenario = { enum: ['completed', 'no-answer', 'busy', 'failed'] };
const durationSeconds = { type: 'integer', minimum: 0, maximum: 86_400 };
const text = { type: 'string', minLength: 1 };
const path = { type: 'string' };
const paths = {
  type: 'object',
  additionalProperties: false,
  properties: { voice: path, status: path, recording: path, transcription: path, sms: path },
};

const callSchema = {
  type: 'object',
  additionalProperties: false,
  required: ['webhookUrl', 'to', 'from'],
  properties: {
    webhookUrl: { type: 'string', pattern: '^https?://' },
    to: text,
    from: text,
    callSid: { type: 'string', pattern: '^CA[0-9a-f]{32}$' },
    accountSid: text,
    transcriptLanguage: text,
    durationSeconds,
    recording: { type: 'boolean' },
    scenario,
    statusEvents: { type: 'array', items: { enum: [...TWILIO_STATUS_EVENTS] } },
    paths,
    paceMs: { type: 'integer', minimum: 0, maximum: 60_000 },
    wait: { type: 'boolean' },
  },
};

const smsSchema = {
  type: 'object',
  additionalProperties: false,
  required: ['webhookUrl', 'to', 'from', 'body'],
  properties: {
    webhookUrl: { type: 'string', pattern: '^https?://' },
    to: text,
    from: text,
    body: { type: 'string' },
    messageSid: { type: 'string', pattern: '^(SM|MM)[0-9a-f]{32}$' },
    accountSid: text,
    paths,
  },
};

interface CallBody {
  webhookUrl: string;
  to: string;
  from: string;
  callSid?: string;
  accountSid?: string;
  transcriptLanguage?: string;
  durationSeconds?: number;
  recording?: boolean;
  scenario?: TwilioRest['outbound']['scenario'];
  statusEvents?: (typeof TWILIO_STATUS_EVENTS)[number][];
  paths?: Partial<TwilioPaths>;
  /** Real time between two webhooks. Default 0: a call of minutes is told in moments. */
  paceMs?: number;
  /** False answers 202 at once and plays on. */
  wait?: boolean;
}

interface SmsBody {
  webhookUrl: string;
  to: string;
  from: string;
  body: string;
  messageSid?: string;
  accountSid?: string;
  paths?: Partial<TwilioPaths>;
}

export function registerTwilioControl(
  app: FastifyInstance,
  { simulator, accounts, background, outbound }: TwilioRest,
): void {
  registerPlays(app, simulator, accounts, background);

  app.post<{ Body: { accountSid: string; authToken: string } }>(
    '/control/twilio/accounts',
    { schema: { body: strictObject({ accountSid: { type: 'string', pattern: '^AC' }, authToken: text }) } },
    async ({ body }, reply) => {
      accounts.register(body.accountSid, body.authToken);
      return reply.code(204).send();
    },
  );

  app.put<{ Body: TwilioRest['outbound'] }>(
    '/control/twilio/outbound',
    { schema: { body: strictObject({ scenario, durationSeconds }) } },
    ({ body }) => Object.assign(outbound, body),
  );

  app.get<{ Querystring: { to?: string } }>('/outbox/sms', ({ query }) => ({
    messages: simulator.store.outbox(query.to),
  }));
  app.delete('/outbox/sms', async (_request, reply) => {
    simulator.store.clearOutbox();
    return reply.code(204).send();
  });
}

function registerPlays(
  app: FastifyInstance,
  simulator: TwilioSimulator,
  accounts: TwilioAccounts,
  background: Background,
): void {
  app.post<{ Body: CallBody }>(
    '/control/twilio/calls',
    { schema: { body: callSchema } },
    async ({ body, log }, reply) => {
      const { paceMs = 0, wait = true, ...wanted } = body;
      const accountSid = wanted.accountSid ?? DEFAULT_TWILIO_ACCOUNT_SID;
      const callSid = wanted.callSid ?? newTwilioSid('CA');
      const call = twilioCall({ ...wanted, accountSid, callSid, authToken: accounts.tokenOf(accountSid) });
      if (wait) return reply.code(201).send(await simulator.playCall(call, paceMs));
      background.start(
        () => simulator.playCall(call, paceMs),
        (error) => log.error(error),
      );
      return reply.code(202).send({ callSid });
    },
  );

  app.post<{ Body: SmsBody }>(
    '/control/twilio/sms',
    { schema: { body: smsSchema } },
    async ({ body }, reply) => {
      const accountSid = body.accountSid ?? DEFAULT_TWILIO_ACCOUNT_SID;
      const messageSid = body.messageSid ?? newTwilioSid('SM');
      const answer = await simulator.sendForm({
        id: messageSid,
        kind: 'sms:received',
        url: webhookUrlAt(body.webhookUrl, { ...TWILIO_PATHS, ...body.paths }.sms),
        form: inboundSmsForm({ ...body, accountSid, messageSid }),
        authToken: accounts.tokenOf(accountSid),
      });
      // An empty 2xx means "no reply" and is as good as an empty <Response/>.
      const fault =
        answer.body === '' && answer.status !== null && answer.status < 300 ? undefined : twimlFault(answer);
      return reply
        .code(201)
        .send({ messageSid, status: answer.status, answer: answer.body, ...(fault && { fault }) });
    },
  );
}

function strictObject(properties: Record<string, object>): object {
  return { type: 'object', additionalProperties: false, required: Object.keys(properties), properties };
}
