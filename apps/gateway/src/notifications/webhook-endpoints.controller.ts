import { Body, Controller, Delete, Get, Inject, Param, Post, Put, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import {
  createEndpoint,
  CreateEndpointRequest,
  deleteEndpoint,
  EndpointIdRequest,
  EndpointTestResult,
  getEndpoint,
  listDeliveries,
  ListDeliveriesQuery,
  listEndpoints,
  putDefaultEndpoint,
  PutDefaultEndpointRequest,
  retryDelivery,
  rotateEndpointSecret,
  testEndpoint,
  UpdateEndpointBody,
  updateEndpoint,
  Uuid,
  WebhookDelivery,
  WebhookDeliveryPage,
  WebhookEndpoint,
  WebhookEndpointList,
  WebhookEndpointWithSecret,
} from '@parley/contracts';
import { RpcClient } from '@parley/messaging';
import { Audited, Unaudited } from '../audit/audited';
import { Answers, AnswersNothing, Requires } from '../edge/decorators';
import { Idempotent } from '../idempotency/idempotent.decorator';

class EndpointDeliveryPath {
  @Uuid() wid: string;
  @Uuid() did: string;
}

const UNKNOWN = { 404: 'NOT_FOUND' };

/** Where a tenant wants to be told of events. `default` before `:id`. */
@Controller('v1/webhook-endpoints')
@ApiTags('webhooks')
export class WebhookEndpointsController {
  constructor(@Inject(RpcClient) private readonly rpc: RpcClient) {}

  @Get()
  @Requires('webhooks:read')
  @Answers('Webhook endpoints of the tenant', WebhookEndpointList)
  list(): Promise<string> {
    return this.rpc.forward(listEndpoints, {});
  }

  @Post()
  @Idempotent()
  @Requires('webhooks:write')
  @Audited('webhook-endpoint.added')
  @Answers('Add an endpoint; a secret made for you is shown this once', WebhookEndpointWithSecret, {
    status: 201,
  })
  create(@Body() body: CreateEndpointRequest): Promise<string> {
    return this.rpc.forward(createEndpoint, body);
  }

  @Put('default')
  @Requires('webhooks:write')
  @Audited('webhook-endpoint.added', 'webhook-endpoint.changed')
  @Answers('Set the default endpoint: all events in the n8n format', WebhookEndpointWithSecret)
  putDefault(@Body() body: PutDefaultEndpointRequest): Promise<string> {
    return this.rpc.forward(putDefaultEndpoint, body);
  }

  @Get(':id')
  @Requires('webhooks:read')
  @Answers('One endpoint', WebhookEndpoint, { errors: UNKNOWN })
  get(@Param() path: EndpointIdRequest): Promise<string> {
    return this.rpc.forward(getEndpoint, path);
  }

  @Put(':id')
  @Requires('webhooks:write')
  @Audited('webhook-endpoint.changed')
  @Answers('Change an endpoint; what is left out stays', WebhookEndpoint, { errors: UNKNOWN })
  update(@Param() { id }: EndpointIdRequest, @Body() body: UpdateEndpointBody): Promise<string> {
    return this.rpc.forward(updateEndpoint, { ...body, id });
  }

  @Delete(':id')
  @Requires('webhooks:write')
  @Audited('webhook-endpoint.removed')
  @AnswersNothing('Remove an endpoint with its delivery log')
  async remove(@Param() path: EndpointIdRequest): Promise<void> {
    await this.rpc.call(deleteEndpoint, path);
  }

  @Post(':id/test')
  @Idempotent()
  @Requires('webhooks:write')
  @Unaudited('sends a test event, which the delivery log keeps')
  @Answers('Send a `webhook.test` event and tell how it was answered', EndpointTestResult, {
    errors: { ...UNKNOWN, 409: 'STATE_CONFLICT: the endpoint is not active' },
  })
  test(@Param() path: EndpointIdRequest): Promise<string> {
    return this.rpc.forward(testEndpoint, path);
  }

  @Post(':id/rotate-secret')
  @Idempotent()
  @Requires('webhooks:write')
  @Audited('webhook-endpoint.secret-rotated')
  @Answers('A new secret at once; the old one also signs for 24 hours', WebhookEndpointWithSecret, {
    errors: UNKNOWN,
  })
  rotateSecret(@Param() path: EndpointIdRequest): Promise<string> {
    return this.rpc.forward(rotateEndpointSecret, path);
  }

  @Get(':id/deliveries')
  @Requires('webhooks:read')
  @Answers('Deliveries to one endpoint, newest first', WebhookDeliveryPage)
  deliveries(@Param() { id }: EndpointIdRequest, @Query() query: ListDeliveriesQuery): Promise<string> {
    return this.rpc.forward(listDeliveries, { ...query, endpointId: id });
  }

  @Post(':wid/deliveries/:did/retry')
  @Idempotent()
  @Requires('webhooks:write')
  @Audited('webhook-delivery.retried')
  @Answers('Try a delivery once more, with the same event id', WebhookDelivery, {
    status: 202,
    errors: { ...UNKNOWN, 409: 'STATE_CONFLICT' },
  })
  retry(@Param() { wid, did }: EndpointDeliveryPath): Promise<string> {
    return this.rpc.forward(retryDelivery, { id: did, endpointId: wid });
  }
}
