import type { FastifyReply } from 'fastify';

export function twilioError(code: number, message: string, status: number): object {
  return { code, message, more_info: `https://www.twilio.com/docs/errors/${code}`, status };
}

export function refuse(reply: FastifyReply, code: number, message: string, status = 400): FastifyReply {
  return reply.code(status).send(twilioError(code, message, status));
}
