import { Injectable } from '@nestjs/common';
import {
  decodeCursor,
  DEFAULT_PAGE_SIZE,
  Invalid,
  isUuid,
  type ListDeliveriesRequest,
  type Page,
  type RetryDeliveryRequest,
  toPage,
  type WebhookDelivery,
  type WebhookDeliveryDetail,
} from '@parley/contracts';
import { ActRecorder, Jobs } from '@parley/messaging';
import { Database } from '@parley/persistence';
import { EndpointNotFound } from '../endpoints/endpoint.errors';
import { EndpointRepository } from '../endpoints/endpoint.repository';
import { wakeEndpoint } from '../sending/wake.job';
import { DeliveryEndpointStopped, DeliveryNotFound, DeliveryUnderWay } from './delivery.errors';
import { DeliveryRepository } from './delivery.repository';
import { toAttempt, toDelivery } from './delivery.response';

@Injectable()
export class DeliveryService {
  constructor(
    private readonly database: Database,
    private readonly deliveries: DeliveryRepository,
    private readonly endpoints: EndpointRepository,
    private readonly jobs: Jobs,
    private readonly acts: ActRecorder,
  ) {}

  async list(request: ListDeliveriesRequest): Promise<Page<WebhookDelivery>> {
    const { limit = DEFAULT_PAGE_SIZE, cursor } = request;
    const before = cursor === undefined ? undefined : idIn(cursor);
    const rows = await this.database.tenant(async () => {
      const { endpointId } = request;
      if (endpointId && !(await this.endpoints.find(endpointId))) throw new EndpointNotFound();
      return this.deliveries.list(request, before, limit + 1);
    });
    return toPage(rows, limit, toDelivery, ({ id }) => [id]);
  }

  async get(id: string): Promise<WebhookDeliveryDetail> {
    return this.database.tenant(async () => {
      const row = await this.deliveries.find(id);
      const sent = await this.deliveries.findSent(id);
      if (!row || !sent) throw new DeliveryNotFound();
      const attempts = await this.deliveries.attempts(id);
      return { ...toDelivery(row), url: sent.url, body: sent.body, attemptLog: attempts.map(toAttempt) };
    });
  }

  /** The same event id once more; also for what was delivered, since receivers lose things too (BR-106). */
  async retry({ id, endpointId }: RetryDeliveryRequest): Promise<WebhookDelivery> {
    return this.database.tenant(async () => {
      const row = await this.deliveries.lock(id);
      const sent = await this.deliveries.findSent(id);
      if (!row || !sent || (endpointId ?? row.endpointId) !== row.endpointId) throw new DeliveryNotFound();
      if (row.status === 'delivering' || row.status === 'pending') throw new DeliveryUnderWay(row.status);
      if (sent.endpointStatus !== 'active') throw new DeliveryEndpointStopped(sent.endpointStatus);
      const due = await this.deliveries.makeDue(id);
      if (!due) throw new DeliveryNotFound();
      await this.jobs.enqueue(wakeEndpoint, { endpointId: row.endpointId });
      await this.acts.record({
        action: 'webhook-delivery.retried',
        resourceType: 'webhook-delivery',
        resourceId: id,
        after: { endpointId: row.endpointId },
      });
      return toDelivery(due);
    });
  }
}

function idIn(cursor: string): string {
  const [id = ''] = decodeCursor(cursor, 1);
  if (isUuid(id)) return id;
  throw new Invalid('Invalid input: cursor', [{ field: 'cursor', message: 'is not a cursor of this list' }]);
}
