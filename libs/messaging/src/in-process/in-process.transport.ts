import { AsyncLocalStorage } from 'node:async_hooks';
import { type EventEnvelope, TimedOut, toWireError, Unavailable } from '@parley/contracts';
import type {
  EventListener,
  LiveListener,
  Receiver,
  RpcReply,
  RpcRequest,
  Serving,
  Transport,
} from '../transport';

const copy = <T>(value: T): T => JSON.parse(JSON.stringify(value)) as T;
/** A receiver sees nothing of the sender's async context, least of all its open transaction. */
const outside = AsyncLocalStorage.snapshot();
const nextTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/**
 * RabbitMQ's twin within one process. Payloads are copied as JSON and handlers run on a later turn, so that code
 * cannot come to rely on sharing. With no broker to hold an event, `publish` reports success only once every
 * subscriber has finished with it: until then it stays in the outbox.
 */
export class InProcessTransport implements Transport {
  private readonly receivers = new Map<string, Receiver>();
  private readonly running = new Map<Receiver, Set<Promise<unknown>>>();
  private readonly live = new Map<string, Set<LiveListener>>();
  private readonly observers: { types: ReadonlySet<string>; listener: EventListener }[] = [];
  readonly isReady = true;

  async serve(receiver: Receiver): Promise<Serving> {
    if (this.receivers.has(receiver.service)) throw new Error(`${receiver.service} is served already`);
    this.receivers.set(receiver.service, receiver);
    const running = new Set<Promise<unknown>>();
    this.running.set(receiver, running);
    return {
      stop: async () => {
        this.receivers.delete(receiver.service);
        while (running.size > 0) await Promise.allSettled(running);
      },
    };
  }

  async request(request: RpcRequest): Promise<RpcReply> {
    const receiver = this.receivers.get(request.service);
    if (!receiver) return { error: toWireError(new Unavailable(`${request.service} is not running`)) };
    const answer = this.track(receiver, () =>
      receiver.handleRequest(request.operation, request.body, request.headers),
    );
    return withTimeout(answer, request);
  }

  async publish(envelopes: readonly EventEnvelope[]): Promise<(Error | undefined)[]> {
    await nextTurn();
    return Promise.all(envelopes.map((envelope) => this.publishOne(envelope)));
  }

  private async publishOne(envelope: EventEnvelope): Promise<Error | undefined> {
    const { type } = envelope.meta;
    for (const { types, listener } of this.observers) if (types.has(type)) listener(copy(envelope));
    const subscribers = [...this.receivers.values()].filter((receiver) =>
      receiver.subscriptions.includes(type),
    );
    const results = await Promise.allSettled(
      subscribers.map((receiver) => this.track(receiver, () => receiver.handleEvent(copy(envelope)))),
    );
    const failed = results.find((result) => result.status === 'rejected');
    return failed ? new Error(`a subscriber of ${type} failed`, { cause: failed.reason }) : undefined;
  }

  sendLive(topic: string, message: unknown): void {
    const listeners = this.live.get(topic);
    if (!listeners) return;
    const copied = copy(message);
    for (const listener of listeners) listener(topic, copied);
  }

  onLive(topic: string, listener: LiveListener): () => void {
    const listeners = this.live.get(topic) ?? new Set();
    this.live.set(topic, listeners.add(listener));
    return () => {
      listeners.delete(listener);
      if (listeners.size === 0) this.live.delete(topic);
    };
  }

  async observe(types: readonly string[], listener: EventListener): Promise<void> {
    this.observers.push({ types: new Set(types), listener });
  }

  /** There is no connection to lose. */
  onConnection(_listener: (connected: boolean) => void): void {}

  async close(): Promise<void> {
    this.observers.length = 0;
    this.live.clear();
  }

  private track<T>(receiver: Receiver, start: () => Promise<T>): Promise<T> {
    const running = this.running.get(receiver);
    const work = outside(start);
    const done = (): void => void running?.delete(work);
    running?.add(work);
    work.then(done, done);
    return work;
  }
}

async function withTimeout(
  answer: Promise<RpcReply>,
  { operation, timeoutMs }: RpcRequest,
): Promise<RpcReply> {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<RpcReply>((resolve) => {
    timer = setTimeout(
      () => resolve({ error: toWireError(new TimedOut(`${operation} took over ${timeoutMs} ms`)) }),
      timeoutMs,
    );
  });
  try {
    return await Promise.race([answer, timeout]);
  } finally {
    clearTimeout(timer);
  }
}
