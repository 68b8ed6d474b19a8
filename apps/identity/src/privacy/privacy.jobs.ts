import { Uuid } from '@parley/contracts';
import type { JobDefinition } from '@parley/messaging';

class PrivacyRequestJob {
  @Uuid() requestId: string;
}

/** Jobs of one request take turns: two at once would write one archive over the other. */
export const queueOf = (requestId: string): string => `privacy-request:${requestId}`;

/** Closes accounts where something is to be erased, and asks every service. */
export const beginPrivacyRequest: JobDefinition<PrivacyRequestJob> = {
  name: 'identity.privacy.begin',
  payload: PrivacyRequestJob,
};

/** Asks the services whose receipt is missing. */
export const askForReceipts: JobDefinition<PrivacyRequestJob> = {
  name: 'identity.privacy.ask',
  payload: PrivacyRequestJob,
};

/** Every receipt is there: builds the archive, or the certificate, and tells the person. */
export const finishPrivacyRequest: JobDefinition<PrivacyRequestJob> = {
  name: 'identity.privacy.finish',
  payload: PrivacyRequestJob,
};
