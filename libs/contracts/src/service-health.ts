import { Instant, Json, OneOf, Text } from './fields';
import { defineOperation, Nothing, type Operation, SERVICES, type ServiceName } from './rpc';

/** `unconfigured`: the service runs without it, and says so. */
export type CheckState = 'up' | 'down' | 'unconfigured';

export class ServiceHealth {
  @OneOf(SERVICES) service: ServiceName;
  @OneOf(['ok', 'degraded']) status: 'ok' | 'degraded';
  @Json({ description: 'State of each thing the service depends on: up, down or unconfigured' })
  checks: Record<string, CheckState>;
  @Text() version: string;
  @Instant() startedAt: string;
}

/** Every service answers how it is. */
export function healthOperation(service: ServiceName): Operation<Nothing, ServiceHealth> {
  return defineOperation({
    name: `${service.replace(/-/g, '')}.health.get`,
    service,
    request: Nothing,
    response: ServiceHealth,
    timeoutMs: 1_000,
  });
}
