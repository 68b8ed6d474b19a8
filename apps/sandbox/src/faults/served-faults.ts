import { setTimeout as pause } from 'node:timers/promises';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { FaultSwitches } from './fault-switches';

/** Makes a provider API slow or unavailable; `unavailable` is the 503 body in that provider's own shape. */
export function servedFaults(faults: FaultSwitches, unavailable: () => object) {
  return async (_request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply | undefined> => {
    const { slowMs, errorRate5xx } = faults.current;
    if (slowMs > 0) await pause(slowMs);
    if (faults.random.chance(errorRate5xx)) return reply.code(503).send(unavailable());
    return undefined;
  };
}
