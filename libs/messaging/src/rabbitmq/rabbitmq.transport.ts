import type { EventEnvelope } from '@parley/contracts';
import type {
  EventListener,
  LiveListener,
  Receiver,
  RpcReply,
  RpcRequest,
  Serving,
  Transport,
} from '../transport';
import { AmqpLink } from './amqp-link';
import { EventPublisher } from './event-publisher';
import { LiveChannel } from './live-channel';
import { RequestChannel } from './request-channel';
import { ServiceConsumer } from './service-consumer';

export interface RabbitMqOptions {
  url: string;
  /** Shown in the broker's connection list. */
  name: string;
}

/** Messages between processes. Separate channels per purpose on one connection that heals itself. */
export class RabbitMqTransport implements Transport {
  private readonly link: AmqpLink;
  private readonly requests: RequestChannel;
  private readonly events: EventPublisher;
  private readonly live: LiveChannel;

  private constructor(options: RabbitMqOptions) {
    this.link = new AmqpLink(options.url, options.name);
    this.requests = new RequestChannel(this.link);
    this.events = new EventPublisher(this.link);
    this.live = new LiveChannel(this.link);
  }

  /** Waits for the broker: a service without one has nothing to do. */
  static async connect(options: RabbitMqOptions): Promise<RabbitMqTransport> {
    const transport = new RabbitMqTransport(options);
    await transport.requests.open();
    await transport.events.open();
    await transport.live.open();
    return transport;
  }

  get isReady(): boolean {
    return this.link.isReady;
  }

  async serve(receiver: Receiver): Promise<Serving> {
    const consumer = new ServiceConsumer(this.link, receiver);
    await consumer.start();
    return consumer;
  }

  request(request: RpcRequest): Promise<RpcReply> {
    return this.requests.request(request);
  }

  publish(envelopes: readonly EventEnvelope[]): Promise<(Error | undefined)[]> {
    return this.events.publish(envelopes);
  }

  sendLive(topic: string, message: unknown): void {
    this.live.send(topic, message);
  }

  onLive(topic: string, listener: LiveListener): () => void {
    return this.live.on(topic, listener);
  }

  observe(types: readonly string[], listener: EventListener): Promise<void> {
    return this.live.observe(types, listener);
  }

  onConnection(listener: (connected: boolean) => void): void {
    this.link.onLost(() => listener(false));
    this.link.onBack(() => listener(true));
  }

  async close(): Promise<void> {
    await this.link.close();
  }
}
