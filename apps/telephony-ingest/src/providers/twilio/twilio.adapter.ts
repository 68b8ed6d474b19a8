import type { ProviderAdapter } from '../../edge/webhook';
import { answerTwilio } from './answer';
import { identifyTwilio } from './event-identity';
import { readTwilioForm, type TwilioForm } from './form';
import { verifyTwilio } from './signature';

const ON_THE_LINE = new Set(['voice', 'gather', 'record', 'dial']);

export const twilioAdapter: ProviderAdapter<TwilioForm> = {
  provider: 'twilio',
  read: (request, step) => identifyTwilio(request, readTwilioForm(request), step),
  verify: (request, { content }, credentials) =>
    verifyTwilio(request, content, credentials) ? 'x-twilio-signature' : undefined,
  asks: ({ kind }) => ON_THE_LINE.has(kind),
  starts: ({ kind }) => kind === 'voice',
  answer: answerTwilio,
};
