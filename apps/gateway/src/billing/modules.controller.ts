import { Body, Controller, Get, Inject, Param, Put } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import {
  getModules,
  ModuleOverrideBody,
  ModuleParams,
  ModulesResponse,
  overrideModule,
} from '@parley/contracts';
import { RpcClient } from '@parley/messaging';
import { Audited } from '../audit/audited';
import { Answers, Requires } from '../edge/decorators';

@Controller('v1/billing/modules')
@ApiTags('billing')
export class ModulesController {
  constructor(@Inject(RpcClient) private readonly rpc: RpcClient) {}

  @Get()
  @Requires('billing:read')
  @Answers('Which client applications the tenant may use', ModulesResponse)
  own(): Promise<string> {
    return this.rpc.forward(getModules, {});
  }
}

@Controller('v1/admin/tenants/:id/modules')
@ApiTags('admin')
export class ModuleOverridesController {
  constructor(@Inject(RpcClient) private readonly rpc: RpcClient) {}

  @Put(':module')
  @Requires('billing:admin')
  @Audited('module.overridden')
  @Answers('Open or close a module to a tenant whatever its plans say', ModulesResponse, {
    errors: { 404: 'NOT_FOUND' },
  })
  override(@Param() params: ModuleParams, @Body() body: ModuleOverrideBody): Promise<string> {
    return this.rpc.forward(overrideModule, { ...body, ...params });
  }
}
