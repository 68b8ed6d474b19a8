import type { ServiceName } from '@parley/contracts';
import type { Migration } from '@parley/persistence';
import type { ServiceSpec, Shape } from '@parley/platform';
import { aiAgents } from '../../ai-agents/src';
import { analytics } from '../../analytics/src';
import { billing } from '../../billing/src';
import { gateway } from '../../gateway/src';
import { identity } from '../../identity/src';
import { notifications } from '../../notifications/src';
import { telephonyIngest } from '../../telephony-ingest/src';

export type InnerService = Exclude<ServiceName, 'gateway'>;

/** Every service behind the gateway, in the order they start. */
export const INNER_SERVICES = [
  identity,
  billing,
  analytics,
  notifications,
  aiAgents,
  telephonyIngest,
] as unknown as readonly (ServiceSpec<Shape> & { name: InnerService; migrations: Migration[] })[];

/** Every service that keeps data, the gateway with its idempotency keys last. */
export const STATEFUL_SERVICES = [...INNER_SERVICES, gateway as unknown as (typeof INNER_SERVICES)[number]];

/** Internal health and metrics port of each service when each has a process of its own. */
export const INTERNAL_PORTS: Record<ServiceName, number> = {
  gateway: 9100,
  identity: 9101,
  'telephony-ingest': 9102,
  'ai-agents': 9103,
  billing: 9104,
  analytics: 9105,
  notifications: 9106,
};
