import { randomUUID } from 'node:crypto';
import { TimedOut, toWireError, Unavailable, type WireError } from '@parley/contracts';
import type { Channel, ConsumeMessage } from 'amqplib';
import type { RpcReply, RpcRequest } from '../transport';
import type { AmqpLink } from './amqp-link';
import { rpcQueue } from './topology';

const REPLY_TO = 'amq.rabbitmq.reply-to';

interface Pending {
  readonly request: RpcRequest;
  settle(reply: RpcReply): void;
}

/**
 * Requests over direct reply-to. `mandatory` answers at once when a service has no queue; `expiration` removes
 * what nobody waits for any more. A lost connection settles everything in flight.
 */
export class RequestChannel {
  private readonly pending = new Map<string, Pending>();
  private channel: Channel | undefined;

  constructor(private readonly link: AmqpLink) {}

  async open(): Promise<void> {
    this.link.onLost(() => this.failAll('the connection to the broker was lost'));
    await this.link.use(async (link) => {
      const channel = await link.channel();
      channel.on('return', (message: ConsumeMessage) => this.onReturn(message));
      await channel.consume(REPLY_TO, (message) => message && this.onReply(message), { noAck: true });
      this.channel = channel;
    });
  }

  request(request: RpcRequest): Promise<RpcReply> {
    const id = randomUUID();
    return new Promise((resolve) => {
      const settle = (reply: RpcReply): void => {
        clearTimeout(timer);
        this.pending.delete(id);
        resolve(reply);
      };
      const timer = setTimeout(() => {
        settle({
          error: toWireError(new TimedOut(`${request.operation} took over ${request.timeoutMs} ms`)),
        });
      }, request.timeoutMs);
      this.pending.set(id, { request, settle });
      this.send(id, request);
    });
  }

  private send(id: string, request: RpcRequest): void {
    if (!this.channel) {
      this.fail(id, 'there is no connection to the broker');
      return;
    }
    try {
      this.channel.publish('', rpcQueue(request.service), Buffer.from(request.body), {
        mandatory: true,
        correlationId: id,
        replyTo: REPLY_TO,
        type: request.operation,
        expiration: request.timeoutMs,
        headers: request.headers,
      });
    } catch (error) {
      this.fail(id, error instanceof Error ? error.message : 'the channel is closed');
    }
  }

  private onReply(message: ConsumeMessage): void {
    const body = message.content.toString();
    const failed = message.properties.headers?.['x-failed'] === true;
    this.pending
      .get(String(message.properties.correlationId))
      ?.settle(failed ? { error: JSON.parse(body) as WireError } : { body });
  }

  private onReturn(message: ConsumeMessage): void {
    this.fail(String(message.properties.correlationId), 'the service has never been deployed');
  }

  private fail(id: string, why: string): void {
    const pending = this.pending.get(id);
    pending?.settle({ error: toWireError(new Unavailable(`${pending.request.service}: ${why}`)) });
  }

  private failAll(why: string): void {
    this.channel = undefined;
    for (const id of [...this.pending.keys()]) this.fail(id, why);
  }
}
