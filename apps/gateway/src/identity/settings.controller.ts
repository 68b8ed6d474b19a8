import { Body, Controller, Get, Inject, Put } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { getSettings, putSettings, PutSettingsRequest, SettingsResponse } from '@parley/contracts';
import { RpcClient } from '@parley/messaging';
import { Answers, Requires } from '../edge/decorators';

@Controller('v1/settings')
@ApiTags('settings')
export class SettingsController {
  constructor(@Inject(RpcClient) private readonly rpc: RpcClient) {}

  @Get()
  @Requires('settings:read')
  @Answers('Settings of the active tenant', SettingsResponse)
  get(): Promise<string> {
    return this.rpc.forward(getSettings, {});
  }

  @Put()
  @Requires('settings:write')
  @Answers('Change settings; fields left out stay as they are', SettingsResponse)
  put(@Body() body: PutSettingsRequest): Promise<string> {
    return this.rpc.forward(putSettings, body);
  }
}
