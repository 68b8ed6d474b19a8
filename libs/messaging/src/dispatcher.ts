import {
  AppError,
  type ContextHeaders,
  type EventEnvelope,
  type EventMeta,
  fromContextHeaders,
  impersonationOf,
  NotFound,
  runAs,
  type ServiceName,
  systemCaller,
  toWireError,
} from '@parley/contracts';
import { Logger } from '@nestjs/common';
import type { MessageHandler } from '@nestjs/microservices';
import type { Database } from '@parley/persistence';
import { isObservable, lastValueFrom } from 'rxjs';
import type { DeadLetters } from './dead-letters';
import { deliver, DeadLetterNow, type Delivery, HandledBefore } from './delivery';
import { eventsHandled, requestsHandled } from './metrics';
import { traced } from './tracing';
import type { Receiver, RpcReply } from './transport';

/** Attempts at one event before it becomes a dead letter, unless the service says otherwise. */
export const MAX_EVENT_ATTEMPTS = 8;

/** Longest wait between two attempts at one event. */
const MAX_BACKOFF_MS = 5_000;

export interface DispatcherOptions {
  service: ServiceName;
  handlers: ReadonlyMap<string, MessageHandler>;
  /** Absent only where a service keeps nothing and so handles no durable event. */
  database?: Database | undefined;
  deadLetters?: DeadLetters | undefined;
  maxAttempts?: number | undefined;
}

/** Runs the handlers of one service, for whichever transport brings the message. */
export class Dispatcher implements Receiver {
  readonly service: ServiceName;
  readonly subscriptions: readonly string[];
  readonly answersRequests: boolean;
  private readonly logger: Logger;
  /** Failures of an event in this process. A restart starts anew, so crashes do not count as refusals. */
  private readonly failures = new Map<string, number>();
  /** Events of one subject run one after another. */
  private readonly chains = new Map<string, Promise<unknown>>();

  constructor(private readonly options: DispatcherOptions) {
    const entries = [...options.handlers];
    this.service = options.service;
    this.subscriptions = entries.filter(([, handler]) => handler.isEventHandler).map(([type]) => type);
    this.answersRequests = entries.some(([, handler]) => !handler.isEventHandler);
    this.logger = new Logger(`Messages:${options.service}`);
  }

  async handleRequest(operation: string, body: string, headers: ContextHeaders): Promise<RpcReply> {
    const started = performance.now();
    const reply = await this.answer(operation, body, headers);
    const outcome = 'error' in reply ? reply.error.code : 'ok';
    requestsHandled.observe(
      { service: this.service, operation, outcome },
      (performance.now() - started) / 1000,
    );
    return reply;
  }

  private async answer(operation: string, body: string, headers: ContextHeaders): Promise<RpcReply> {
    const handler = this.options.handlers.get(operation);
    if (!handler || handler.isEventHandler) {
      return {
        error: toWireError(new NotFound(`${this.service} answers no ${operation}`, 'UNKNOWN_OPERATION')),
      };
    }
    try {
      const input: unknown = JSON.parse(body);
      const result = await traced(`rpc ${operation}`, headers, () =>
        runAs(fromContextHeaders(headers), () => settle(handler, input)),
      );
      return { body: JSON.stringify(result ?? null) };
    } catch (error) {
      if (!(error instanceof AppError)) this.logger.error({ err: error, operation }, 'request failed');
      return { error: toWireError(error) };
    }
  }

  async handleEvent(envelope: EventEnvelope): Promise<void> {
    const { subject, type } = envelope.meta;
    const key = `${type.split('.', 2).join('.')}:${subject}`;
    const earlier = this.chains.get(key) ?? Promise.resolve();
    const turn = earlier.then(() => this.attempt(envelope));
    const settled = turn
      .catch(() => undefined)
      .then(() => {
        if (this.chains.get(key) === settled) this.chains.delete(key);
      });
    this.chains.set(key, settled);
    return turn;
  }

  private async attempt(envelope: EventEnvelope): Promise<void> {
    const { id, type } = envelope.meta;
    try {
      await this.runHandlers(envelope);
      this.failures.delete(id);
      eventsHandled.inc({ service: this.service, type, outcome: 'done' });
    } catch (error) {
      const attempts = (this.failures.get(id) ?? 0) + 1;
      const pointless = error instanceof DeadLetterNow || isRefusal(error);
      if (pointless || attempts >= (this.options.maxAttempts ?? MAX_EVENT_ATTEMPTS)) {
        await this.bury(envelope, describe(error), attempts);
        return;
      }
      this.failures.set(id, attempts);
      eventsHandled.inc({ service: this.service, type, outcome: 'retry' });
      this.logger.warn({ err: error, eventId: id, type, attempts }, 'event will be tried again');
      throw error;
    }
  }

  /** How long to wait before the next attempt at this event. */
  backoffMs(eventId: string): number {
    const attempts = this.failures.get(eventId) ?? 1;
    return Math.min(100 * 2 ** (attempts - 1), MAX_BACKOFF_MS);
  }

  async bury(envelope: EventEnvelope, reason: string, attempts = 0): Promise<void> {
    const { id, type } = envelope.meta;
    if (!this.options.deadLetters) throw new Error(`${this.service} keeps no dead letters`);
    await this.options.deadLetters.add(envelope, reason, attempts);
    this.failures.delete(id);
    eventsHandled.inc({ service: this.service, type, outcome: 'dead' });
    this.logger.error({ eventId: id, type, reason, attempts }, 'event became a dead letter');
  }

  /** Every handler gets its chance; those that had it are skipped next time by the inbox. */
  async runHandlers(envelope: EventEnvelope): Promise<void> {
    const { meta } = envelope;
    const delivery: Delivery = {
      envelope,
      once: (handler, work) => this.once(envelope, handler, work),
      onceTogether: (handler, events, work) => this.onceTogether(handler, events, work),
      within,
    };
    let failure: unknown;
    for (const handler of handlersOf(this.options.handlers.get(meta.type))) {
      try {
        await within(meta, () => deliver(delivery, () => settle(handler, envelope)));
      } catch (error) {
        failure ??= error;
      }
    }
    if (failure !== undefined) throw failure;
  }

  private async once(envelope: EventEnvelope, handler: string, work: () => Promise<void>): Promise<void> {
    const { database } = this.options;
    const { id, tenantId } = envelope.meta;
    if (!database)
      throw new Error(`${this.service} has no database: observe events instead of handling them`);
    const transaction = async (): Promise<void> => {
      const added = await database.execute(
        // What a tenant left behind on the way must not bring back what was erased (ADR 0018).
        `INSERT INTO inbox (handler, event_id) SELECT $1, $2::uuid
         WHERE NOT EXISTS (SELECT FROM erased_tenants WHERE tenant_id = $3::uuid) ON CONFLICT DO NOTHING`,
        [handler, id, tenantId ?? null],
      );
      if (added === 1) await work();
    };
    if (tenantId) await database.forTenant(tenantId, transaction);
    else await database.system(`event ${envelope.meta.type}`, transaction);
  }

  private async onceTogether(
    handler: string,
    events: readonly EventMeta[],
    work: () => Promise<void>,
  ): Promise<void> {
    const { database } = this.options;
    if (!database) throw new Error(`${this.service} has no database`);
    const tenantIds = events.map(({ tenantId, type }) => {
      if (!tenantId) throw new Error(`${type} without a tenant is handled alone`);
      return tenantId;
    });
    await database.forTenants(tenantIds, async () => {
      // In order, so that two batches with the same events wait for each other rather than both.
      const added = await database.execute(
        `INSERT INTO inbox (handler, event_id) SELECT $1, e.id FROM unnest($2::uuid[], $3::uuid[]) AS e (id, tenant_id)
         WHERE NOT EXISTS (SELECT FROM erased_tenants x WHERE x.tenant_id = e.tenant_id)
         ORDER BY e.id ON CONFLICT DO NOTHING`,
        [handler, events.map(({ id }) => id), tenantIds],
      );
      if (added !== events.length) throw new HandledBefore();
      await work();
    });
  }
}

function within<T>(meta: EventMeta, work: () => Promise<T>): Promise<T> {
  const caller = { ...systemCaller(meta.correlationId, meta.tenantId), ...impersonationOf(meta) };
  return traced(`event ${meta.type}`, { traceparent: meta.traceparent ?? '' }, () => runAs(caller, work));
}

function* handlersOf(head: MessageHandler | undefined): Generator<MessageHandler> {
  for (let handler = head; handler; handler = handler.next as MessageHandler | undefined) yield handler;
}

async function settle(handler: MessageHandler, input: unknown): Promise<unknown> {
  const result: unknown = await handler(input);
  return isObservable(result) ? lastValueFrom(result, { defaultValue: undefined }) : result;
}

/** A refusal will be the same next time; trouble with a provider or with ourselves may pass. */
function isRefusal(error: unknown): boolean {
  if (!(error instanceof AppError)) return false;
  return !['internal', 'provider', 'unavailable', 'timeout', 'rateLimited'].includes(error.kind);
}

function describe(error: unknown): string {
  return error instanceof Error ? `${error.name}: ${error.message}` : String(error);
}
