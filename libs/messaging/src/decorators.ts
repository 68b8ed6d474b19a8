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

function requireRole(role: Role | undefined): void {
  if (role && !currentCaller().roles.includes(role)) throw new Forbidden('Your role does not allow this');
}

function methodOf<Method>(descriptor: TypedPropertyDescriptor<Method>): Method {
  if (!descriptor.value) throw new Error('Only methods can handle messages');
  return descriptor.value;
}
