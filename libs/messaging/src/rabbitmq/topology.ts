import type { ServiceName } from '@parley/contracts';
import type { Channel } from 'amqplib';
import { EVENTS_EXCHANGE, LIVE_EXCHANGE } from '../transport';

export const rpcQueue = (service: ServiceName): string => `rpc.${service}`;
export const eventQueue = (service: ServiceName): string => `ev.${service}`;
export const deadQueue = (service: ServiceName): string => `ev.${service}.dead`;

/**
 * Deliveries after which the broker itself gives up on a message. Only crashes count here (a failing handler
 * is limited by the dispatcher), so it is high: a rolling restart must not kill a message.
 */
const DELIVERY_LIMIT = 50;

/** Works on RabbitMQ 3.10 and 4.x: quorum for events, a durable classic queue of transient messages for RPC. */
export async function declareService(
  channel: Channel,
  service: ServiceName,
  subscriptions: readonly string[],
): Promise<void> {
  await declareExchanges(channel);
  await channel.assertQueue(rpcQueue(service), { durable: true });
  if (subscriptions.length === 0) return;
  await channel.assertQueue(deadQueue(service), { durable: true, arguments: { 'x-queue-type': 'quorum' } });
  await channel.assertQueue(eventQueue(service), {
    durable: true,
    arguments: {
      'x-queue-type': 'quorum',
      'x-delivery-limit': DELIVERY_LIMIT,
      'x-dead-letter-exchange': '',
      'x-dead-letter-routing-key': deadQueue(service),
      'x-dead-letter-strategy': 'at-least-once',
      'x-overflow': 'reject-publish',
    },
  });
  for (const type of subscriptions) await channel.bindQueue(eventQueue(service), EVENTS_EXCHANGE, type);
}

export async function declareExchanges(channel: Channel): Promise<void> {
  await channel.assertExchange(EVENTS_EXCHANGE, 'topic', { durable: true });
  await channel.assertExchange(LIVE_EXCHANGE, 'topic', { durable: true });
}
