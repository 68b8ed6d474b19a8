import { Body, Controller, Get, Inject, Put } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { getRetention, putRetention, PutRetentionRequest, RetentionResponse } from '@parley/contracts';
import { RpcClient } from '@parley/messaging';
import { Audited } from '../audit/audited';
import { Answers, Requires } from '../edge/decorators';

@Controller('v1/settings/retention')
@ApiTags('settings')
export class RetentionController {
  constructor(@Inject(RpcClient) private readonly rpc: RpcClient) {}

  @Get()
  @Requires('settings:read')
  @Answers('How long the tenant keeps its data', RetentionResponse)
  get(): Promise<string> {
    return this.rpc.forward(getRetention, {});
  }

  @Put()
  @Requires('retention:write')
  @Audited('retention.changed')
  @Answers('Change how long data is kept; what is older is removed every night', RetentionResponse)
  put(@Body() body: PutRetentionRequest): Promise<string> {
    return this.rpc.forward(putRetention, body);
  }
}
