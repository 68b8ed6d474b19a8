import type { FastifyInstance } from 'fastify';
import {
  ANTHROPIC_FAILURES,
  type AnthropicFailure,
  type AnthropicPace,
  type AnthropicSwitches,
} from './anthropic-switches';

const milliseconds = { type: 'integer', minimum: 0, maximum: 600_000 };

const controlSchema = {
  type: 'object',
  additionalProperties: false,
  properties: {
    firstTokenDelayMs: milliseconds,
    chunkDelayMs: milliseconds,
    chunkSize: { type: 'integer', minimum: 1, maximum: 10_000 },
    failNext: { enum: [...ANTHROPIC_FAILURES] },
    failTimes: { type: 'integer', minimum: 1, maximum: 1_000_000 },
  },
};

type ControlBody = Partial<AnthropicPace> & { failNext?: AnthropicFailure; failTimes?: number };

export function registerAnthropicControl(app: FastifyInstance, switches: AnthropicSwitches): void {
  app.get('/control/anthropic', () => switches.state);
  app.post<{ Body: ControlBody }>('/control/anthropic', { schema: { body: controlSchema } }, ({ body }) => {
    const { failNext, failTimes = 1, ...pace } = body;
    switches.pace = { ...switches.pace, ...pace };
    if (failNext !== undefined) switches.failNext(failNext, failTimes);
    return switches.state;
  });
}
