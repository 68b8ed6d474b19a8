import { createHash } from 'node:crypto';
import type { ServiceName } from '@parley/contracts';

/** Where one service keeps its data, and as whom. */
export interface ServiceSchema {
  readonly schema: string;
  /** Login role: sees one tenant's rows at a time. */
  readonly role: string;
  /** Role without login that sees every tenant's rows; the login role must switch to it explicitly. */
  readonly systemRole: string;
  /** Durable jobs live beside the data. */
  readonly jobsSchema: string;
}

const SCHEMAS: Record<ServiceName, string> = {
  gateway: 'gateway',
  identity: 'identity',
  'telephony-ingest': 'telephony',
  'ai-agents': 'agents',
  billing: 'billing',
  analytics: 'analytics',
  notifications: 'notifications',
};

export function schemaOf(service: ServiceName): ServiceSchema {
  const schema = SCHEMAS[service];
  return {
    schema,
    role: `parley_${schema}`,
    systemRole: `parley_${schema}_system`,
    jobsSchema: `${schema}_jobs`,
  };
}

/**
 * The restricted login of `service` on a server whose owner URL is known: development, tests and standalone.
 * In a cluster every service is given its own URL. The password follows from the owner's, so that every
 * process arrives at the same one.
 */
export function serviceUrl(ownerUrl: string, service: ServiceName): string {
  const url = new URL(ownerUrl);
  const { role } = schemaOf(service);
  const secret = `${decodeURIComponent(url.password)}:${role}`;
  url.username = role;
  url.password = createHash('sha256').update(secret).digest('hex').slice(0, 32);
  return url.toString();
}
