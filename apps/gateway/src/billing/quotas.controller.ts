import { Body, Controller, Get, Inject, Post, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import {
  getOwnQuotas,
  listQuotas,
  ListQuotasRequest,
  OwnQuotas,
  QuotaPage,
  QuotaSet,
  setQuota,
  SetQuotaRequest,
} from '@parley/contracts';
import { RpcClient } from '@parley/messaging';
import { Audited } from '../audit/audited';
import { Answers, Requires } from '../edge/decorators';

@Controller('v1/admin/quotas')
@ApiTags('admin')
export class QuotasAdminController {
  constructor(@Inject(RpcClient) private readonly rpc: RpcClient) {}

  @Post()
  @Requires('quotas:write')
  @Audited('quota.set')
  @Answers(
    'Set how many minutes a user (tenant admins) or a company (super admins) may use per period',
    QuotaSet,
    { errors: { 404: 'NOT_FOUND', 409: 'STATE_CONFLICT: users’ quotas would exceed their company’s' } },
  )
  set(@Body() body: SetQuotaRequest): Promise<string> {
    return this.rpc.forward(setQuota, body);
  }

  @Get()
  @Requires('quotas:write')
  @Answers('Quotas of a tenant and what counts against them, newest first', QuotaPage)
  list(@Query() query: ListQuotasRequest): Promise<string> {
    return this.rpc.forward(listQuotas, query);
  }
}

@Controller('v1/billing/quotas')
@ApiTags('billing')
export class OwnQuotasController {
  constructor(@Inject(RpcClient) private readonly rpc: RpcClient) {}

  @Get('me')
  @Requires('billing:read')
  @Answers('Quotas that bind the caller: their own and their company’s', OwnQuotas)
  own(): Promise<string> {
    return this.rpc.forward(getOwnQuotas, {});
  }
}
