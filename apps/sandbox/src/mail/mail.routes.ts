import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { servedFaults } from '../faults/served-faults';
import type { FaultSwitches } from '../faults/fault-switches';
import { secretsEqual } from '../secrets';
import type { Mail, Mailbox } from './mailbox';
import { mailFrom, refusal } from './resend-request';

const IDEMPOTENCY_KEY_LIMIT = 256;

/** Resend's REST API for sending, below `/resend`. An undefined key welcomes every bearer token. */
export function registerResend(
  app: FastifyInstance,
  mailbox: Mailbox,
  faults: FaultSwitches,
  apiKey: string | undefined,
): void {
  app.register(
    async (scope) => {
      scope.addHook(
        'onRequest',
        servedFaults(faults, () => refusal(503, 'internal_server_error', 'Service unavailable')),
      );
      scope.addHook('preHandler', onlyKeyHolder(apiKey));

      scope.post('/emails', async ({ body, headers }, reply) => {
        const mail = mailFrom(body);
        if ('statusCode' in mail) return reply.code(mail.statusCode).send(mail);
        const key = headers['idempotency-key']?.toString();
        if (key === undefined) return { id: mailbox.add(mail).id };
        if (key === '' || key.length > IDEMPOTENCY_KEY_LIMIT) {
          return reply
            .code(400)
            .send(refusal(400, 'invalid_idempotency_key', 'The key must have 1 to 256 characters.'));
        }
        const added = mailbox.addOnce(key, mail);
        if (added !== 'conflict') return added;
        const message = 'This idempotency key was used with a different payload.';
        return reply.code(409).send(refusal(409, 'invalid_idempotent_request', message));
      });

      scope.get('/domains', () => ({ object: 'list', has_more: false, data: [] }));

      scope.get<{ Params: { id: string } }>('/emails/:id', async ({ params }, reply) => {
        const mail = mailbox.find(params.id);
        if (mail === undefined) return reply.code(404).send(refusal(404, 'not_found', 'Email not found'));
        return toResendEmail(mail);
      });
    },
    { prefix: '/resend' },
  );
}

export function registerMailbox(app: FastifyInstance, mailbox: Mailbox): void {
  app.get<{ Querystring: { to?: string } }>('/mailbox', ({ query }) => ({ mails: mailbox.list(query.to) }));
  app.get<{ Params: { id: string } }>('/mailbox/:id', async ({ params }, reply) => {
    return mailbox.find(params.id) ?? reply.code(404).send({ error: 'no such mail' });
  });
  app.get<{ Params: { id: string } }>('/mailbox/:id/html', async ({ params }, reply) => {
    const mail = mailbox.find(params.id);
    if (mail?.html == null) return reply.code(404).send({ error: 'no such mail, or it has no HTML' });
    // Somebody else wrote this markup: it may be looked at, not run.
    return reply
      .type('text/html; charset=utf-8')
      .header('content-security-policy', 'sandbox')
      .send(mail.html);
  });
  app.delete<{ Params: { id: string } }>('/mailbox/:id', async ({ params }, reply) => {
    return mailbox.remove(params.id)
      ? reply.code(204).send()
      : reply.code(404).send({ error: 'no such mail' });
  });
  app.delete('/mailbox', async (_request, reply) => {
    mailbox.clear();
    return reply.code(204).send();
  });
}

function toResendEmail(mail: Mail): object {
  return {
    object: 'email',
    id: mail.id,
    from: mail.from,
    to: mail.to,
    cc: mail.cc,
    bcc: mail.bcc,
    reply_to: mail.replyTo,
    subject: mail.subject,
    html: mail.html,
    text: mail.text,
    created_at: mail.receivedAt,
    scheduled_at: mail.scheduledAt,
    last_event: 'delivered',
  };
}

function onlyKeyHolder(apiKey: string | undefined) {
  return async ({ headers }: FastifyRequest, reply: FastifyReply): Promise<FastifyReply | undefined> => {
    const token = /^Bearer (.+)$/i.exec(headers.authorization ?? '')?.[1];
    if (token === undefined) {
      return reply
        .code(401)
        .send(refusal(401, 'missing_api_key', 'Missing API key in the authorization header.'));
    }
    if (apiKey !== undefined && !secretsEqual(token, apiKey)) {
      return reply.code(403).send(refusal(403, 'invalid_api_key', 'API key is invalid'));
    }
    return undefined;
  };
}
