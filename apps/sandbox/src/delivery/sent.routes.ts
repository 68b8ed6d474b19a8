import type { FastifyInstance } from 'fastify';
import type { SentLog } from './sent-log';

export function registerSentRoutes(app: FastifyInstance, sent: SentLog): void {
  app.get<{ Querystring: { callId?: string } }>('/control/sent', ({ query }) => ({
    sent: sent.find(query.callId),
  }));
  app.delete('/control/sent', async (_request, reply) => {
    sent.clear();
    return reply.code(204).send();
  });
}
