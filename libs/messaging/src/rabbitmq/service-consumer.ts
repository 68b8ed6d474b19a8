import { Logger } from '@nestjs/common';
import type { ContextHeaders } from '@parley/contracts';
import type { Channel, ConsumeMessage } from 'amqplib';
import type { Receiver, Serving } from '../transport';
import type { AmqpLink } from './amqp-link';
import { fromMessage } from './envelope';
import { deadQueue, declareService, eventQueue, rpcQueue } from './topology';

const RPC_PREFETCH = 200;
const EVENT_PREFETCH = 20;
/** Longest wait for running handlers at shutdown; what is cut then is delivered again. */
const DRAIN_MS = 25_000;

/** The consuming side of one service: requests, events, and events the broker gave up on. */
export class ServiceConsumer implements Serving {
  private readonly logger: Logger;
  private readonly running = new Set<Promise<unknown>>();
  private consumers: { channel: Channel; tag: string }[] = [];
  private stopping = false;

  constructor(
    private readonly link: AmqpLink,
    private readonly receiver: Receiver,
  ) {
    this.logger = new Logger(`Consumer:${receiver.service}`);
  }

  async start(): Promise<void> {
    const { service, subscriptions } = this.receiver;
    await this.link.use(async (link) => {
      this.consumers = [];
      if (this.stopping) return;
      const requests = await link.channel();
      await declareService(requests, service, subscriptions);
      if (this.receiver.answersRequests) {
        await requests.prefetch(RPC_PREFETCH);
        await this.consume(requests, rpcQueue(service), (message) => this.onRequest(requests, message));
      }
      if (subscriptions.length === 0) return;
      const events = await link.channel();
      await events.prefetch(EVENT_PREFETCH);
      await this.consume(events, eventQueue(service), (message) => this.onEvent(events, message));
      await this.consume(events, deadQueue(service), (message) => this.onDead(events, message));
    });
  }

  async stop(): Promise<void> {
    this.stopping = true;
    await Promise.allSettled(this.consumers.map(({ channel, tag }) => channel.cancel(tag)));
    const drained = (async () => {
      while (this.running.size > 0) await Promise.allSettled(this.running);
    })();
    const limit = new Promise((resolve) => setTimeout(resolve, DRAIN_MS).unref());
    await Promise.race([drained, limit]);
  }

  private async consume(
    channel: Channel,
    queue: string,
    handle: (message: ConsumeMessage) => Promise<void>,
  ): Promise<void> {
    const { consumerTag } = await channel.consume(queue, (message) => {
      if (!message) {
        this.logger.warn(`the broker cancelled the consumer of ${queue}`);
        channel.emit('error', new Error(`consumer of ${queue} was cancelled`));
        return;
      }
      const work = handle(message).catch((error: unknown) =>
        this.logger.error({ err: error }, 'delivery failed'),
      );
      this.running.add(work);
      void work.finally(() => this.running.delete(work));
    });
    this.consumers.push({ channel, tag: consumerTag });
  }

  private async onRequest(channel: Channel, message: ConsumeMessage): Promise<void> {
    const { replyTo, correlationId, type, headers } = message.properties;
    // Its first consumer may have done the work before it died: asking again is the caller's decision.
    if (message.fields.redelivered) return this.onChannel(() => channel.ack(message));
    const reply = await this.receiver.handleRequest(
      String(type),
      message.content.toString(),
      (headers ?? {}) as ContextHeaders,
    );
    const failed = 'error' in reply;
    const body = failed ? JSON.stringify(reply.error) : reply.body;
    this.onChannel(() => {
      channel.publish('', String(replyTo), Buffer.from(body), {
        correlationId: String(correlationId),
        headers: failed ? { 'x-failed': true } : {},
      });
      channel.ack(message);
    });
  }

  private async onEvent(channel: Channel, message: ConsumeMessage): Promise<void> {
    const envelope = fromMessage(message.content, message.properties);
    try {
      await this.receiver.handleEvent(envelope);
      this.onChannel(() => channel.ack(message));
    } catch {
      // The dispatcher has logged it and decided that it comes again.
      const backoff = this.stopping ? 0 : this.receiver.backoffMs(envelope.meta.id);
      await new Promise((resolve) => setTimeout(resolve, backoff));
      this.onChannel(() => channel.nack(message, false, true));
    }
  }

  private async onDead(channel: Channel, message: ConsumeMessage): Promise<void> {
    try {
      const envelope = fromMessage(message.content, message.properties);
      await this.receiver.bury(envelope, 'delivered too often without an answer: does handling it crash?');
      this.onChannel(() => channel.ack(message));
    } catch (error) {
      this.logger.error({ err: error }, 'a dead letter could not be kept; trying again');
      await new Promise((resolve) => setTimeout(resolve, 5_000));
      this.onChannel(() => channel.nack(message, false, true));
    }
  }

  /** A closed channel is no loss: the broker delivers again, and the inbox knows what was done. */
  private onChannel(action: () => void): void {
    try {
      action();
    } catch (error) {
      this.logger.debug({ err: error }, 'the channel is gone');
    }
  }
}
