import type { EventEnvelope } from '@parley/contracts';
import type { ConfirmChannel } from 'amqplib';
import { EVENTS_EXCHANGE } from '../transport';
import type { AmqpLink } from './amqp-link';
import { toPublishOptions } from './envelope';
import { declareExchanges } from './topology';

/** A broker that has not confirmed by then is not believed; the outbox publishes again. */
const CONFIRM_TIMEOUT_MS = 10_000;

/** Publishes with confirms: an envelope counts as published only once the broker has it on disk. */
export class EventPublisher {
  private channel: ConfirmChannel | undefined;
  /** Confirms outstanding on the current connection; a lost one will never answer. */
  private readonly waiting = new Set<(error: Error) => void>();

  constructor(private readonly link: AmqpLink) {}

  async open(): Promise<void> {
    this.link.onLost(() => {
      this.channel = undefined;
      for (const fail of [...this.waiting]) fail(new Error('the connection to the broker was lost'));
    });
    await this.link.use(async (link) => {
      const channel = await link.confirmChannel();
      await declareExchanges(channel);
      this.channel = channel;
    });
  }

  /** @throws Error when there is no connection: nothing was sent and no row is to blame */
  async publish(envelopes: readonly EventEnvelope[]): Promise<(Error | undefined)[]> {
    const { channel } = this;
    if (!channel) throw new Error('There is no connection to the broker');
    return Promise.all(envelopes.map((envelope) => this.publishOne(channel, envelope)));
  }

  private publishOne(channel: ConfirmChannel, envelope: EventEnvelope): Promise<Error | undefined> {
    return new Promise((resolve) => {
      const settle = (error?: Error): void => {
        clearTimeout(timer);
        this.waiting.delete(settle);
        resolve(error);
      };
      const timer = setTimeout(() => settle(new Error('the broker did not confirm')), CONFIRM_TIMEOUT_MS);
      this.waiting.add(settle);
      try {
        const body = Buffer.from(JSON.stringify(envelope.payload));
        channel.publish(
          EVENTS_EXCHANGE,
          envelope.meta.type,
          body,
          toPublishOptions(envelope),
          (error: unknown) => settle(error ? asError(error) : undefined),
        );
      } catch (error) {
        settle(asError(error));
      }
    });
  }
}

const asError = (error: unknown): Error => (error instanceof Error ? error : new Error(String(error)));
