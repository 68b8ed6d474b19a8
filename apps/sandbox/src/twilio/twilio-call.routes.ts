import type { FastifyInstance } from 'fastify';
import { TWILIO_STATUS_EVENTS, twilioCall, type TwilioCall, type TwilioStatusEvent } from './twilio-call';
import { refuse } from './twilio-errors';
import { listOf, textOf, type ReceivedForm } from './twilio-form.parser';
import { newTwilioSid } from './twilio-ids';
import { playOutboundCall } from './twilio-outbound-call';
import { toCallResource } from './twilio-resources';
import type { TwilioRest } from './twilio-rest.routes';
import type { TwilioCallRecord } from './twilio-store';

const E164 = /^\+[1-9]\d{6,14}$/;
const PAGE_SIZE = 50;

export function registerTwilioCallRoutes(scope: FastifyInstance, rest: TwilioRest): void {
  const { simulator, accounts, background } = rest;
  const { store } = simulator;

  scope.post<{ Params: { accountSid: string }; Body: ReceivedForm }>(
    '/Calls.json',
    async ({ params, body, log }, reply) => {
      const refusal = refusalOf(body);
      if (refusal !== undefined) return refuse(reply, refusal.code, refusal.message);
      const call = callFrom(params.accountSid, accounts.tokenOf(params.accountSid), body, rest.outbound);
      const record = store.addCall(call);
      const answer = toCallResource(record);
      background.start(
        () =>
          playOutboundCall(simulator, record, {
            twimlUrl: textOf(body, 'Url'),
            statusCallback: textOf(body, 'StatusCallback'),
            recordingCallback: textOf(body, 'RecordingStatusCallback'),
          }),
        (error) => log.error(error),
      );
      return reply.code(201).send(answer);
    },
  );

  scope.get<{ Params: { accountSid: string }; Querystring: ReceivedForm }>(
    '/Calls.json',
    ({ params, query }) => {
      const found = store
        .listCalls(params.accountSid)
        .filter((record) => matches(record, query))
        .reverse();
      const size = Math.min(Number(textOf(query, 'PageSize') ?? PAGE_SIZE), 1000);
      const page = Number(textOf(query, 'Page') ?? 0);
      const path = `/2010-04-01/Accounts/${params.accountSid}/Calls.json?PageSize=${size}&Page=`;
      return {
        calls: found.slice(page * size, (page + 1) * size).map(toCallResource),
        page,
        page_size: size,
        start: page * size,
        end: Math.min((page + 1) * size, found.length) - 1,
        uri: path + page,
        first_page_uri: `${path}0`,
        previous_page_uri: page > 0 ? path + (page - 1) : null,
        next_page_uri: (page + 1) * size < found.length ? path + (page + 1) : null,
      };
    },
  );

  scope.get<{ Params: { file: string } }>('/Calls/:file', async ({ params }, reply) => {
    const record = store.findCall(sidIn(params.file));
    if (record === undefined) return refuse(reply, 20404, 'The requested resource was not found', 404);
    return toCallResource(record);
  });

  scope.post<{ Params: { file: string }; Body: ReceivedForm }>(
    '/Calls/:file',
    async ({ params, body }, reply) => {
      const record = store.findCall(sidIn(params.file));
      if (record === undefined) return refuse(reply, 20404, 'The requested resource was not found', 404);
      if (record.endedAt !== undefined) {
        return refuse(reply, 21220, 'Call is not in-progress. Cannot redirect.');
      }
      const wanted = textOf(body, 'Status');
      if (wanted === 'completed' || wanted === 'canceled') {
        record.status = wanted;
        record.endedAt = new Date();
      }
      return toCallResource(record);
    },
  );
}

function sidIn(file: string): string {
  return file.replace(/\.json$/, '');
}

function refusalOf(form: ReceivedForm): { code: number; message: string } | undefined {
  const to = textOf(form, 'To');
  if (to === undefined) return { code: 21201, message: "No 'To' number is specified" };
  if (!E164.test(to))
    return { code: 21211, message: `The phone number you are attempting to call, ${to}, is not valid.` };
  if (textOf(form, 'From') === undefined) return { code: 21213, message: "No 'From' number is specified" };
  const instructions = ['Url', 'Twiml', 'ApplicationSid'].some((name) => textOf(form, name) !== undefined);
  return instructions ? undefined : { code: 21205, message: 'Url parameter is required.' };
}

function callFrom(
  accountSid: string,
  authToken: string,
  form: ReceivedForm,
  outbound: TwilioRest['outbound'],
): TwilioCall {
  const wanted = listOf(form, 'StatusCallbackEvent').flatMap((names) => names.split(/[\s,]+/));
  const statusEvents = TWILIO_STATUS_EVENTS.filter((event) => wanted.includes(event));
  return twilioCall({
    webhookUrl: textOf(form, 'StatusCallback') ?? '',
    authToken,
    accountSid,
    callSid: newTwilioSid('CA'),
    from: textOf(form, 'From') ?? '',
    to: textOf(form, 'To') ?? '',
    direction: 'outbound-api',
    scenario: outbound.scenario,
    durationSeconds: outbound.durationSeconds,
    recording: textOf(form, 'Record') === 'true',
    statusEvents: statusEvents.length > 0 ? statusEvents : (['completed'] satisfies TwilioStatusEvent[]),
    paths: { voice: '', status: '', recording: '', transcription: '', sms: '' },
  });
}

/** `StartTime>` and `StartTime<` are how Twilio spells "from" and "until". */
function matches({ call, status }: TwilioCallRecord, query: ReceivedForm): boolean {
  const from = textOf(query, 'StartTime>');
  const until = textOf(query, 'StartTime<');
  return (
    (textOf(query, 'To') ?? call.to) === call.to &&
    (textOf(query, 'From') ?? call.from) === call.from &&
    (textOf(query, 'Status') ?? status) === status &&
    (from === undefined || call.createdAt >= new Date(from)) &&
    (until === undefined || call.createdAt <= new Date(until))
  );
}
