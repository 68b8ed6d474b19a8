import { Logger } from '@nestjs/common';
import type { Channel, ConsumeMessage } from 'amqplib';
import { EVENTS_EXCHANGE, type EventListener, LIVE_EXCHANGE, type LiveListener } from '../transport';
import type { AmqpLink } from './amqp-link';
import { fromMessage } from './envelope';
import { declareExchanges } from './topology';

/**
 * What is worth something only now: chat tokens and what sockets show. Non-persistent, over a queue of this
 * process that vanishes with it, bound to just the topics somebody here listens to.
 */
export class LiveChannel {
  private readonly logger = new Logger('LiveChannel');
  private readonly listeners = new Map<string, Set<LiveListener>>();
  private readonly observers: { types: ReadonlySet<string>; listener: EventListener }[] = [];
  private channel: Channel | undefined;
  private queue: string | undefined;

  constructor(private readonly link: AmqpLink) {}

  async open(): Promise<void> {
    this.link.onLost(() => {
      this.channel = undefined;
      this.queue = undefined;
    });
    await this.link.use(async (link) => {
      const channel = await link.channel();
      await declareExchanges(channel);
      this.channel = channel;
      if (this.listeners.size > 0 || this.observers.length > 0) await this.listen(channel);
    });
  }

  send(topic: string, message: unknown): void {
    try {
      this.channel?.publish(LIVE_EXCHANGE, topic, Buffer.from(JSON.stringify(message)), {
        persistent: false,
      });
    } catch (error) {
      this.logger.debug({ err: error }, 'live message dropped: the channel is closing');
    }
  }

  on(topic: string, listener: LiveListener): () => void {
    const listeners = this.listeners.get(topic) ?? new Set();
    this.listeners.set(topic, listeners.add(listener));
    if (listeners.size === 1) this.bind(LIVE_EXCHANGE, topic);
    return () => {
      listeners.delete(listener);
      if (listeners.size > 0) return;
      this.listeners.delete(topic);
      this.unbind(topic);
    };
  }

  async observe(types: readonly string[], listener: EventListener): Promise<void> {
    this.observers.push({ types: new Set(types), listener });
    if (!this.channel) return;
    const queue = await this.listen(this.channel);
    for (const type of types) await this.channel.bindQueue(queue, EVENTS_EXCHANGE, type);
  }

  /** Declares this process's own queue once per connection and binds all that is listened to. */
  private async listen(channel: Channel): Promise<string> {
    if (this.queue) return this.queue;
    const { queue } = await channel.assertQueue('', { exclusive: true, autoDelete: true, durable: false });
    this.queue = queue;
    for (const topic of this.listeners.keys()) await channel.bindQueue(queue, LIVE_EXCHANGE, topic);
    for (const { types } of this.observers) {
      for (const type of types) await channel.bindQueue(queue, EVENTS_EXCHANGE, type);
    }
    await channel.consume(queue, (message) => message && this.onMessage(message), { noAck: true });
    return queue;
  }

  private bind(exchange: string, key: string): void {
    const { channel } = this;
    if (!channel) return;
    this.listen(channel)
      .then((queue) => channel.bindQueue(queue, exchange, key))
      .catch((error: unknown) => this.logger.warn({ err: error }, `could not listen to ${key}`));
  }

  private unbind(topic: string): void {
    if (!this.channel || !this.queue) return;
    this.channel
      .unbindQueue(this.queue, LIVE_EXCHANGE, topic)
      .catch((error: unknown) => this.logger.debug({ err: error }, `could not stop listening to ${topic}`));
  }

  private onMessage(message: ConsumeMessage): void {
    const { exchange, routingKey } = message.fields;
    if (exchange === LIVE_EXCHANGE) {
      const content: unknown = JSON.parse(message.content.toString());
      for (const listener of this.listeners.get(routingKey) ?? []) listener(routingKey, content);
      return;
    }
    const envelope = fromMessage(message.content, message.properties);
    for (const { types, listener } of this.observers) if (types.has(routingKey)) listener(envelope);
  }
}
