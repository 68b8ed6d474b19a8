import type { ProviderAdapter } from '../../edge/webhook';
import { answerVapi } from './answer';
import { identifyVapi } from './event-identity';
import type { VapiMessage } from './message';
import { verifyVapi } from './signature';

const ON_THE_LINE = new Set([
  'assistant-request',
  'tool-calls',
  'function-call',
  'transfer-destination-request',
]);

export const vapiAdapter: ProviderAdapter<VapiMessage> = {
  provider: 'vapi',
  read: (request) => identifyVapi(request),
  verify: (request, _event, credentials) => verifyVapi(request, credentials),
  asks: ({ kind }) => ON_THE_LINE.has(kind),
  starts: ({ kind }) => kind === 'assistant-request',
  answer: answerVapi,
};
