import type { JournalledEvent, Normaliser } from '../observations';
import { normaliseTwilio } from './twilio/normalise';
import { normaliseVapi } from './vapi/normalise';

/** How each provider's events are read. Pure: the same event always gives the same observations. */
export const NORMALISERS: Record<JournalledEvent['provider'], Normaliser> = {
  twilio: normaliseTwilio,
  vapi: normaliseVapi,
};
