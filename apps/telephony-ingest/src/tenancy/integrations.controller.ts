import { Controller, Inject } from '@nestjs/common';
import {
  type Integration,
  type IntegrationList,
  listIntegrations,
  type Nothing,
  putIntegration,
  PutIntegrationRequest,
} from '@parley/contracts';
import { Handles } from '@parley/messaging';
import { IntegrationsService } from './integrations.service';

@Controller()
export class IntegrationsController {
  constructor(@Inject(IntegrationsService) private readonly integrations: IntegrationsService) {}

  @Handles(putIntegration)
  put(request: PutIntegrationRequest): Promise<Integration> {
    return this.integrations.put(request);
  }

  @Handles(listIntegrations)
  list(_request: Nothing): Promise<IntegrationList> {
    return this.integrations.list();
  }
}
