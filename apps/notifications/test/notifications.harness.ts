import { randomBytes } from 'node:crypto';
import {
  type CallEndedV1,
  callEndedV1,
  type CallerContext,
  createEndpoint,
  type CreateEndpointRequest,
  type DeliveryStatus,
  type EventDefinition,
  type EventMeta,
  getDelivery,
  listDeliveries,
  newId,
  type Operation,
  runAs,
  type WebhookDelivery,
  type WebhookDeliveryDetail,
  type WebhookEndpointWithSecret,
} from '@parley/contracts';
import { InProcessTransport, RpcClient } from '@parley/messaging';
import { type RunningService, startService } from '@parley/platform';
import { aCaller, aCallEnded, eventually, type TestDatabase, testDatabase } from '@parley/testing';
import { notifications } from '../src';

/** The service behind its doors: operations, events, and the HTTP requests it makes. */
export class Notifications {
  private constructor(
    readonly database: TestDatabase,
    readonly transport: InProcessTransport,
    readonly service: RunningService,
  ) {}

  static async start(env: Record<string, string> = {}): Promise<Notifications> {
    const database = await testDatabase([notifications]);
    const transport = new InProcessTransport();
    const service = await startService(notifications, {
      env: {
        NODE_ENV: 'test',
        DATABASE_URL: database.urlOf('notifications'),
        ENCRYPTION_KEY: randomBytes(32).toString('base64'),
        WEBHOOKS_ALLOW_PRIVATE_TARGETS: 'true',
        WEBHOOK_RETRY_BASE_SECONDS: '0.05',
        WEBHOOK_TIMEOUT_MS: '1000',
        ...env,
      },
      transport,
      quiet: true,
    });
    return new Notifications(database, transport, service);
  }

  async stop(): Promise<void> {
    await this.service.close();
    await this.transport.close();
    await this.database.remove();
  }

  ask<Request extends object, Response extends object>(
    caller: CallerContext,
    operation: Operation<Request, Response>,
    request: Request,
  ): Promise<Response> {
    return runAs(caller, () => new RpcClient(this.transport).call(operation, request));
  }

  addEndpoint(
    caller: CallerContext,
    url: string,
    request: Partial<CreateEndpointRequest> = {},
  ): Promise<WebhookEndpointWithSecret> {
    return this.ask(caller, createEndpoint, { url, ...request });
  }

  /** Publishes an event of `caller`'s tenant as its service would. @returns what it travelled under */
  async publish<Payload extends object>(
    caller: CallerContext,
    event: EventDefinition<Payload>,
    payload: Payload,
    id = newId(),
  ): Promise<EventMeta> {
    const meta: EventMeta = {
      id,
      source: event.producer,
      type: event.type,
      time: new Date().toISOString(),
      subject: newId(),
      correlationId: id,
      ...(caller.tenantId ? { tenantId: caller.tenantId } : {}),
    };
    const [failure] = await this.transport.publish([{ meta, payload }]);
    if (failure) throw failure;
    return meta;
  }

  endCall(caller: CallerContext, fields: Partial<CallEndedV1> = {}): Promise<EventMeta> {
    return this.publish(caller, callEndedV1, aCallEnded(fields));
  }

  async deliveries(caller: CallerContext, endpointId?: string): Promise<WebhookDelivery[]> {
    const { data } = await this.ask(caller, listDeliveries, {
      limit: 200,
      ...(endpointId ? { endpointId } : {}),
    });
    return data;
  }

  /** The tenant's only delivery, once it has come to `status`. */
  async settled(
    caller: CallerContext,
    status: DeliveryStatus,
    timeoutMs = 20_000,
  ): Promise<WebhookDeliveryDetail> {
    const id = await eventually(async () => {
      const deliveries = await this.deliveries(caller);
      expect(deliveries.map((delivery) => delivery.status)).toEqual([status]);
      return deliveries[0]?.id ?? '';
    }, timeoutMs);
    return this.ask(caller, getDelivery, { id });
  }
}

/** A member of a tenant of its own, so that cases do not meet. */
export const aTenant = (): CallerContext => aCaller();
