import { Injectable } from '@nestjs/common';
import { Jobs } from '@parley/messaging';
import { bodiesOf } from '../formats/bodies';
import type { OutboundEvent } from '../formats/outbound-event';
import { wakeEndpoint } from '../sending/wake.job';
import { type AddedDelivery, FanOutRepository, type Subscriber } from './fan-out.repository';

/** Turns one event into a delivery per subscribed endpoint, with the jobs that send them, in the open transaction. */
@Injectable()
export class FanOutService {
  constructor(
    private readonly repository: FanOutRepository,
    private readonly jobs: Jobs,
  ) {}

  async publish(tenantId: string, event: OutboundEvent): Promise<void> {
    const subscribers = await this.repository.subscribers(event.type);
    if (subscribers.length > 0) await this.deliver(tenantId, event, subscribers);
  }

  /** To one endpoint, whatever it subscribes to; a single attempt that does not count as its failure. */
  async publishTest(
    tenantId: string,
    event: OutboundEvent,
    endpoint: Omit<Subscriber, 'maxAttempts'>,
  ): Promise<string> {
    const [delivery] = await this.deliver(tenantId, event, [{ ...endpoint, maxAttempts: 1 }], true);
    if (!delivery) throw new Error('A test event has an id of its own, and yet there is a delivery of it');
    return delivery.id;
  }

  private async deliver(
    tenantId: string,
    event: OutboundEvent,
    subscribers: readonly Subscriber[],
    isTest = false,
  ): Promise<AddedDelivery[]> {
    const bodies = bodiesOf(event, new Set(subscribers.map(({ format }) => format)));
    const added = await this.repository.add(tenantId, event, bodies, subscribers, isTest);
    for (const { endpointId } of added) await this.jobs.enqueue(wakeEndpoint, { endpointId }, { tenantId });
    return added;
  }
}
