import type { FastifyInstance } from 'fastify';
import { smsSegments } from './sms-segments';
import { refuse } from './twilio-errors';
import { textOf, type ReceivedForm } from './twilio-form.parser';
import { newTwilioSid } from './twilio-ids';
import { toMessageResource } from './twilio-resources';
import type { TwilioRest } from './twilio-rest.routes';
import type { TwilioMessage } from './twilio-store';

const E164 = /^\+[1-9]\d{6,14}$/;
const BODY_LIMIT = 1600;
/** Twilio's own test numbers: no number at all, and one that opted out. */
const INVALID_NUMBER = '+15005550001';
const OPTED_OUT_NUMBER = '+15005550004';

export function registerTwilioMessageRoutes(scope: FastifyInstance, rest: TwilioRest): void {
  const { simulator, accounts, background } = rest;

  scope.post<{ Params: { accountSid: string }; Body: ReceivedForm }>(
    '/Messages.json',
    async ({ params, body, log }, reply) => {
      const refusal = refusalOf(body);
      if (refusal !== undefined) return refuse(reply, refusal.code, refusal.message);
      const message = messageFrom(params.accountSid, body);
      simulator.store.addMessage(message);
      const answer = toMessageResource(message);
      const callback = textOf(body, 'StatusCallback');
      background.start(
        async () => {
          if (callback === undefined) Object.assign(message, { status: 'delivered', sentAt: new Date() });
          else await simulator.reportMessage(message, callback, accounts.tokenOf(params.accountSid));
        },
        (error) => log.error(error),
      );
      return reply.code(201).send(answer);
    },
  );

  scope.get<{ Params: { file: string } }>('/Messages/:file', async ({ params }, reply) => {
    const message = simulator.store.findMessage(params.file.replace(/\.json$/, ''));
    if (message === undefined) return refuse(reply, 20404, 'The requested resource was not found', 404);
    return toMessageResource(message);
  });
}

function refusalOf(form: ReceivedForm): { code: number; message: string } | undefined {
  const to = textOf(form, 'To');
  const body = textOf(form, 'Body');
  if (to === undefined) return { code: 21604, message: "A 'To' phone number is required." };
  if (!E164.test(to) || to === INVALID_NUMBER) {
    return { code: 21211, message: `The 'To' number ${to} is not a valid phone number.` };
  }
  if (to === OPTED_OUT_NUMBER) return { code: 21610, message: 'Attempt to send to unsubscribed recipient' };
  if (textOf(form, 'From') === undefined && textOf(form, 'MessagingServiceSid') === undefined) {
    return { code: 21603, message: "A 'From' phone number is required." };
  }
  if (body === undefined && textOf(form, 'MediaUrl') === undefined) {
    return { code: 21602, message: 'Message body is required.' };
  }
  if ((body?.length ?? 0) > BODY_LIMIT) {
    return {
      code: 21617,
      message: `The concatenated message body exceeds the ${BODY_LIMIT} character limit.`,
    };
  }
  return undefined;
}

function messageFrom(accountSid: string, form: ReceivedForm): TwilioMessage {
  const body = textOf(form, 'Body') ?? '';
  const messagingServiceSid = textOf(form, 'MessagingServiceSid') ?? null;
  return {
    sid: newTwilioSid('SM'),
    accountSid,
    direction: 'outbound-api',
    from: textOf(form, 'From') ?? null,
    to: textOf(form, 'To') ?? '',
    body,
    segments: smsSegments(body),
    messagingServiceSid,
    status: messagingServiceSid === null ? 'queued' : 'accepted',
    createdAt: new Date(),
  };
}
