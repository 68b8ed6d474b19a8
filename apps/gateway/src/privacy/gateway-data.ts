import { byTenant, byUser, type PersonalTable } from '@parley/platform';

/**
 * Answers kept for repeats of a request. They are doubles of what services hold, sealed, so nobody is shown them; those
 * that tell of a tenant's customer cannot be told apart and go with the rest, after 24 hours.
 */
export const GATEWAY_DATA: readonly PersonalTable[] = [
  {
    table: 'http_idempotency',
    tenant: { ...byTenant(), exported: false },
    user: { ...byUser('actor_id'), exported: false },
  },
];
