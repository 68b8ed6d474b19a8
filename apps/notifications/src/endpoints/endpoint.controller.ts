import { Controller } from '@nestjs/common';
import {
  createEndpoint,
  type CreateEndpointRequest,
  type DefaultEndpoint,
  deleteEndpoint,
  type EndpointIdRequest,
  type EndpointTestResult,
  getDefaultEndpoint,
  getEndpoint,
  listEndpoints,
  type Nothing,
  putDefaultEndpoint,
  type PutDefaultEndpointRequest,
  rotateEndpointSecret,
  testEndpoint,
  updateEndpoint,
  type UpdateEndpointRequest,
  type WebhookEndpoint,
  type WebhookEndpointList,
  type WebhookEndpointWithSecret,
} from '@parley/contracts';
import { Handles } from '@parley/messaging';
import { EndpointService } from './endpoint.service';
import { EndpointTestService } from './endpoint-test.service';

@Controller()
export class EndpointController {
  constructor(
    private readonly endpoints: EndpointService,
    private readonly tests: EndpointTestService,
  ) {}

  @Handles(listEndpoints)
  list(): Promise<WebhookEndpointList> {
    return this.endpoints.list();
  }

  @Handles(createEndpoint)
  create(request: CreateEndpointRequest): Promise<WebhookEndpointWithSecret> {
    return this.endpoints.create(request);
  }

  @Handles(getEndpoint)
  get({ id }: EndpointIdRequest): Promise<WebhookEndpoint> {
    return this.endpoints.get(id);
  }

  @Handles(updateEndpoint)
  update(request: UpdateEndpointRequest): Promise<WebhookEndpoint> {
    return this.endpoints.update(request);
  }

  @Handles(deleteEndpoint)
  async remove({ id }: EndpointIdRequest): Promise<Nothing> {
    await this.endpoints.remove(id);
    return {};
  }

  @Handles(putDefaultEndpoint)
  putDefault(request: PutDefaultEndpointRequest): Promise<WebhookEndpointWithSecret> {
    return this.endpoints.putDefault(request);
  }

  @Handles(getDefaultEndpoint)
  getDefault(): Promise<DefaultEndpoint> {
    return this.endpoints.getDefault();
  }

  @Handles(testEndpoint)
  test({ id }: EndpointIdRequest): Promise<EndpointTestResult> {
    return this.tests.test(id);
  }

  @Handles(rotateEndpointSecret)
  rotateSecret({ id }: EndpointIdRequest): Promise<WebhookEndpointWithSecret> {
    return this.endpoints.rotateSecret(id);
  }
}
