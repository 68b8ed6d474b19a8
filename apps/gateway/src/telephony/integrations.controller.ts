import { Body, Controller, Get, Inject, Param, Put } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import {
  Integration,
  IntegrationList,
  IntegrationProvider,
  IntegrationSettings,
  listIntegrations,
  putIntegration,
} from '@parley/contracts';
import { RpcClient } from '@parley/messaging';
import { Audited } from '../audit/audited';
import { Answers, Requires } from '../edge/decorators';
import { StepUp } from '../edge/step-up';

@Controller('v1/integrations')
@ApiTags('integrations')
export class IntegrationsController {
  constructor(@Inject(RpcClient) private readonly rpc: RpcClient) {}

  @Get()
  @Requires('integrations:read')
  @Answers('Provider accounts of the tenant; secrets show their last four characters', IntegrationList)
  list(): Promise<string> {
    return this.rpc.forward(listIntegrations, {});
  }

  @Put(':provider')
  @StepUp()
  @Requires('integrations:write')
  @Audited('integration.changed')
  @Answers('Set the account with a provider; what is left out stays', Integration)
  put(@Param() { provider }: IntegrationProvider, @Body() settings: IntegrationSettings): Promise<string> {
    return this.rpc.forward(putIntegration, { ...settings, provider });
  }
}
