import {
  currentCaller,
  type EventDefinition,
  type EventEnvelope,
  type EventMeta,
  Forbidden,
  type Operation,
  parseAs,
  type Role,
} from '@parley/contracts';
import { EventPattern, MessagePattern } from '@nestjs/microservices';
import { currentDelivery } from './delivery';
import { EventBatches } from './event-batches';

/** Answers `operation`. The request is validated before the method sees it. */
export function Handles<Request extends object, Response extends object>(
  operation: Operation<Request, Response>,
) {
  return <Method extends (request: Request) => Promise<Response>>(
    target: object,
    key: string | symbol,
    descriptor: TypedPropertyDescriptor<Method>,
  ): void => {
    const handler = methodOf(descriptor);
    const replaced = descriptor as PropertyDescriptor;
    replaced.value = function (this: unknown, input: unknown): Promise<Response> {
      requireRole(operation.role);
      return handler.call(this, parseAs(operation.request, input ?? {}, 'message'));
    };
    MessagePattern(operation.name)(target, key, replaced);
  };
}

/**
 * Handles an event exactly once: the method runs in a transaction of the event's tenant, together with the
 * inbox row that makes a second delivery a no-op. No HTTP and no broker inside; enqueue a job for those.
 * Return: done. Throw DeadLetterNow or a refusal (AppError): dead letter. Throw anything else: tried again.
 */
export function OnEvent<Payload extends object>(event: EventDefinition<Payload>) {
  return <Method extends (payload: Payload, meta: EventMeta) => Promise<void>>(
    target: object,
    key: string | symbol,
    descriptor: TypedPropertyDescriptor<Method>,
  ): void => {
    const handler = methodOf(descriptor);
    const name = `${target.constructor.name}.${String(key)}`;
    const wrapped = function (this: unknown, envelope: EventEnvelope): Promise<void> {
      const payload = parseAs(event.payload, envelope.payload, 'message');
      return currentDelivery().once(name, () => handler.call(this, payload, envelope.meta));
    };
    const replaced = descriptor as PropertyDescriptor;
    replaced.value = wrapped;
    EventPattern(event.type)(target, key, replaced);
  };
}

/** One of the events that a method is given together. */
export interface EventInBatch<Payload> {
  readonly payload: Payload;
  readonly meta: EventMeta;
  /** Runs `work` as this event would alone: its caller, its trace. */
  run<T>(work: () => Promise<T>): Promise<T>;
}

/**
 * As `OnEvent`, for what comes in great numbers: the method gets whatever waits, of several tenants, in one transaction
 * with all their inbox rows (`Database.forTenants`; its tables must admit that). When it throws, nothing has happened and
 * it is given each event alone, in a transaction of that event's tenant: so it must do one as it does many, and a fault
 * of one event is never another's.
 */
export function OnEvents<Payload extends object>(event: EventDefinition<Payload>) {
  return <Method extends (events: readonly EventInBatch<Payload>[]) => Promise<void>>(
    target: object,
    key: string | symbol,
    descriptor: TypedPropertyDescriptor<Method>,
  ): void => {
    const handler = methodOf(descriptor);
    const name = `${target.constructor.name}.${String(key)}`;
    const queues = new WeakMap<object, EventBatches<EventInBatch<Payload>>>();
    const wrapped = function (this: object, { payload: body, meta }: EventEnvelope): Promise<void> {
      const payload = parseAs(event.payload, body, 'message');
      const delivery = currentDelivery();
      const alone = (): Promise<void> =>
        delivery.once(name, () => handler.call(this, [{ payload, meta, run: (work) => work() }]));
      if (!meta.tenantId) return alone();
      let queue = queues.get(this);
      if (!queue) {
        queue = new EventBatches(name, (events) => {
          const metas = events.map((each) => each.meta);
          return delivery.onceTogether(name, metas, () => handler.call(this, events));
        });
        queues.set(this, queue);
      }
      return queue.add({ payload, meta, run: (work) => delivery.within(meta, work) }, alone);
    };
    const replaced = descriptor as PropertyDescriptor;
    replaced.value = wrapped;
    EventPattern(event.type)(target, key, replaced);
  };
}

function requireRole(role: Role | undefined): void {
  if (role && !currentCaller().roles.includes(role)) throw new Forbidden('Your role does not allow this');
}

function methodOf<Method>(descriptor: TypedPropertyDescriptor<Method>): Method {
  if (!descriptor.value) throw new Error('Only methods can handle messages');
  return descriptor.value;
}
