import type { FastifyInstance } from 'fastify';
import type { Faults, FaultSwitches } from './fault-switches';

const ratio = { type: 'number', minimum: 0, maximum: 1 };
const milliseconds = { type: 'integer', minimum: 0, maximum: 600_000 };

const faultsSchema = {
  type: 'object',
  additionalProperties: false,
  properties: {
    duplicate: { type: 'integer', minimum: 0, maximum: 50 },
    delayMs: milliseconds,
    jitterMs: milliseconds,
    reorder: { type: 'boolean' },
    drop: ratio,
    forge: ratio,
    slowMs: milliseconds,
    errorRate5xx: ratio,
    seed: { type: 'integer', minimum: 0 },
  },
};

export function registerFaultRoutes(app: FastifyInstance, faults: FaultSwitches): void {
  app.get('/control/faults', () => faults.current);
  app.put<{ Body: Partial<Faults> }>('/control/faults', { schema: { body: faultsSchema } }, ({ body }) =>
    faults.set(body),
  );
  app.delete('/control/faults', () => faults.reset());
}
