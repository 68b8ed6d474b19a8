import { Body, Controller, Get, Inject, Put, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import {
  getDefaultEndpoint,
  getSettings,
  listSettingsChanges,
  Nested,
  PageRequest,
  putSettings,
  PutSettingsRequest,
  SettingsChangePage,
  SettingsResponse,
  WebhookEndpoint,
} from '@parley/contracts';
import { RpcClient } from '@parley/messaging';
import { Audited } from '../audit/audited';
import { Answers, Requires } from '../edge/decorators';

/** Design 002 shows the outbound webhook among the settings (E002-14). */
class SettingsWithWebhook extends SettingsResponse {
  @Nested(() => WebhookEndpoint, {
    nullable: true,
    description: 'The default outbound webhook, its secret masked',
  })
  webhook: WebhookEndpoint | null;
}

@Controller('v1/settings')
@ApiTags('settings')
export class SettingsController {
  constructor(@Inject(RpcClient) private readonly rpc: RpcClient) {}

  @Get()
  @Requires('settings:read')
  @Answers('Settings of the active tenant, with its default outbound webhook', SettingsWithWebhook)
  async get(): Promise<SettingsWithWebhook> {
    const [settings, { endpoint }] = await Promise.all([
      this.rpc.call(getSettings, {}),
      this.rpc.call(getDefaultEndpoint, {}),
    ]);
    return { ...settings, webhook: endpoint };
  }

  @Get('history')
  @Requires('settings:read')
  @Answers('Who changed which settings, newest first', SettingsChangePage)
  history(@Query() query: PageRequest): Promise<string> {
    return this.rpc.forward(listSettingsChanges, query);
  }

  @Put()
  @Requires('settings:write')
  @Audited('settings.changed')
  @Answers('Change settings; fields left out stay as they are', SettingsResponse)
  put(@Body() body: PutSettingsRequest): Promise<string> {
    return this.rpc.forward(putSettings, body);
  }
}
