import { AsyncLocalStorage } from 'node:async_hooks';
import type { EventEnvelope, EventMeta } from '@parley/contracts';

/** The event being handled; found by the decorator that wraps a handler. */
export interface Delivery {
  readonly envelope: EventEnvelope;
  /** Runs `work` unless this handler has finished this event before, in one transaction with that record. */
  once(handler: string, work: () => Promise<void>): Promise<void>;
  /** The same for several events, in one transaction for all. @throws Error when it cannot be: nothing has happened */
  onceTogether(handler: string, events: readonly EventMeta[], work: () => Promise<void>): Promise<void>;
  /** Runs `work` as whoever the event acts for, in the event's trace. */
  within<T>(event: EventMeta, work: () => Promise<T>): Promise<T>;
}

const store = new AsyncLocalStorage<Delivery>();

export function deliver<T>(delivery: Delivery, work: () => T): T {
  return store.run(delivery, work);
}

export function currentDelivery(): Delivery {
  const delivery = store.getStore();
  if (!delivery) throw new Error('No event is being handled');
  return delivery;
}

/** Thrown by a handler that knows trying again is pointless: the message rests in `dead_letters` at once. */
export class DeadLetterNow extends Error {
  override readonly name = 'DeadLetterNow';
}

/** Some of a batch were handled before, or are of an erased tenant: each must be looked at by itself. */
export class HandledBefore extends Error {
  override readonly name = 'HandledBefore';
}
