import type { ContextHeaders, EventEnvelope, ServiceName, WireError } from '@parley/contracts';

/** Answer to a request. `body` is JSON text, so that the edge can hand it on without reading it. */
export type RpcReply = { readonly body: string } | { readonly error: WireError };

export interface RpcRequest {
  readonly service: ServiceName;
  readonly operation: string;
  readonly body: string;
  readonly headers: ContextHeaders;
  readonly timeoutMs: number;
}

/** What a service offers to a transport: its handlers, behind the rules both transports share. */
export interface Receiver {
  readonly service: ServiceName;
  /** Event types with a handler. */
  readonly subscriptions: readonly string[];
  readonly answersRequests: boolean;
  handleRequest(operation: string, body: string, headers: ContextHeaders): Promise<RpcReply>;
  /** Resolves when the message is finished with; rejects when it must be delivered again. */
  handleEvent(envelope: EventEnvelope): Promise<void>;
  /** How long to wait before that event is delivered again. */
  backoffMs(eventId: string): number;
  /** Keeps a message that the broker gave up on. */
  bury(envelope: EventEnvelope, reason: string): Promise<void>;
}

export interface Serving {
  /** Stops taking, finishes what runs. */
  stop(): Promise<void>;
}

export type LiveListener = (topic: string, message: unknown) => void;
export type EventListener = (envelope: EventEnvelope) => void;

/**
 * How services reach each other. RabbitMQ between processes, a function call within one; one conformance suite
 * holds both to the same behaviour (libs/messaging/test).
 */
export interface Transport {
  serve(receiver: Receiver): Promise<Serving>;
  request(request: RpcRequest): Promise<RpcReply>;
  /** Per envelope: undefined once it is safe with the broker, else why not. Order is kept. */
  publish(envelopes: readonly EventEnvelope[]): Promise<(Error | undefined)[]>;
  /** Transient: reaches whoever listens now, costs nothing when nobody does. */
  sendLive(topic: string, message: unknown): void;
  onLive(topic: string, listener: LiveListener): () => void;
  /** Every process that observes sees each event, at most once, while it runs. For sockets, not for state. */
  observe(types: readonly string[], listener: EventListener): Promise<void>;
  /** Tells when the connection is lost, and when it is back with every observer listening again. */
  onConnection(listener: (connected: boolean) => void): void;
  readonly isReady: boolean;
  close(): Promise<void>;
}

/** Every queue and binding is declared by its consumer's deploy; the exchange name is the whole agreement. */
export const EVENTS_EXCHANGE = 'parley.events';
export const LIVE_EXCHANGE = 'parley.live';
