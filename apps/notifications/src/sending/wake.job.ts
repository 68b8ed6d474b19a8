import { Uuid } from '@parley/contracts';
import type { JobDefinition } from '@parley/messaging';

export class WakeEndpoint {
  @Uuid() endpointId: string;
}

/**
 * Something is due at this endpoint. One per delivery and per retry; which deliveries are sent is decided by the
 * table when it runs, so that a job too many does nothing and a lost one is made good by the next or the sweeper.
 */
export const wakeEndpoint: JobDefinition<WakeEndpoint> = { name: 'webhooks.wake', payload: WakeEndpoint };
