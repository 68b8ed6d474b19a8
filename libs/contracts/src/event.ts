import type { ServiceName } from './rpc';
import type { DtoClass } from './validate';

/** A fact in the past tense. A version only ever gains optional fields; anything else is a new version. */
export interface EventDefinition<Payload extends object> {
  /** Routing key: `owner.thing.participle.vN`. */
  readonly type: string;
  readonly producer: ServiceName;
  readonly payload: DtoClass<Payload>;
  readonly description: string;
  /** Must parse for ever; a test sees to it. */
  readonly sample: Payload;
}

export function defineEvent<Payload extends object>(
  definition: EventDefinition<Payload>,
): EventDefinition<Payload> {
  return definition;
}

/** CloudEvents attributes plus ours, carried as AMQP properties and headers beside the payload. */
export interface EventMeta {
  readonly id: string;
  readonly source: ServiceName;
  readonly type: string;
  readonly time: string;
  /** Aggregate id; deliveries of one subject are handled in order where order is known. */
  readonly subject: string;
  readonly tenantId?: string;
  /** Who caused it, where a person did. */
  readonly actorId?: string;
  /** The super admin acting as `actorId`, and the grant they did it under. */
  readonly impersonatorId?: string;
  readonly impersonationId?: string;
  readonly correlationId: string;
  readonly causationId?: string;
  readonly traceparent?: string;
}

export interface EventEnvelope {
  readonly meta: EventMeta;
  readonly payload: unknown;
}
