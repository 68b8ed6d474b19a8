import type { FastifyInstance } from 'fastify';
import type { FaultSwitches } from '../faults/fault-switches';
import { servedFaults } from '../faults/served-faults';

export interface SlackMessage {
  receivedAt: string;
  text: string;
  blocks: unknown[];
}

/** Messages kept; older ones are forgotten. */
const KEPT = 500;

/** Slack's incoming webhooks, below `/slack/services`, and what came in by them. */
export function registerSlack(app: FastifyInstance, faults: FaultSwitches): void {
  const messages: SlackMessage[] = [];
  app.register(
    async (scope) => {
      scope.addHook(
        'onRequest',
        servedFaults(faults, () => ({ ok: false })),
      );
      scope.post<{ Body: { text?: unknown; blocks?: unknown } | null }>('/*', async ({ body }, reply) => {
        const { text, blocks } = body ?? {};
        if (typeof text !== 'string' || text === '') return reply.code(400).send('no_text');
        messages.push({
          receivedAt: new Date().toISOString(),
          text,
          blocks: Array.isArray(blocks) ? blocks : [],
        });
        messages.splice(0, messages.length - KEPT);
        return reply.type('text/plain').send('ok');
      });
    },
    { prefix: '/slack/services' },
  );
  app.get('/slack/messages', () => ({ messages }));
  app.delete('/slack/messages', async (_request, reply) => {
    messages.length = 0;
    return reply.code(204).send();
  });
}
