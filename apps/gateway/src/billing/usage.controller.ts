import { Body, Controller, Get, Inject, Param, Post, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import {
  adjustCredits,
  AdjustedCredits,
  CreditAdjustmentBody,
  EntitlementsResponse,
  getEntitlements,
  getSubscriptions,
  getUsage,
  getUsageHistory,
  PauseUsageBody,
  pauseUsage,
  resumeUsage,
  SubscriptionsResponse,
  UsageHistory,
  UsageHistoryRequest,
  UsageResponse,
  UsageTenantParam,
} from '@parley/contracts';
import { RpcClient } from '@parley/messaging';
import { Audited } from '../audit/audited';
import { Answers, AnswersNothing, Requires } from '../edge/decorators';
import { Idempotent } from '../idempotency/idempotent.decorator';

@Controller('v1/billing')
@ApiTags('billing')
export class UsageController {
  constructor(@Inject(RpcClient) private readonly rpc: RpcClient) {}

  @Get('subscription')
  @Requires('billing:read')
  @Answers('What the tenant subscribed to, one per product line', SubscriptionsResponse)
  subscription(): Promise<string> {
    return this.rpc.forward(getSubscriptions, {});
  }

  @Get('entitlements')
  @Requires('billing:read')
  @Answers('What the tenant’s plans open: modules, seats, limits', EntitlementsResponse)
  entitlements(): Promise<string> {
    return this.rpc.forward(getEntitlements, {});
  }

  @Get('usage')
  @Requires('billing:read')
  @Answers('Per meter: included, topped up, used, left', UsageResponse)
  usage(): Promise<string> {
    return this.rpc.forward(getUsage, {});
  }

  @Get('usage/history')
  @Requires('billing:read')
  @Answers('Use per day and meter', UsageHistory)
  history(@Query() query: UsageHistoryRequest): Promise<string> {
    return this.rpc.forward(getUsageHistory, query);
  }
}

@Controller('v1/admin/tenants/:id')
@ApiTags('admin')
export class TenantBillingController {
  constructor(@Inject(RpcClient) private readonly rpc: RpcClient) {}

  @Post('usage-pause')
  @Requires('billing:admin')
  @Audited('usage.paused')
  @AnswersNothing('Stop all use of a tenant')
  async pause(@Param() { id }: UsageTenantParam, @Body() { reason }: PauseUsageBody): Promise<void> {
    await this.rpc.call(pauseUsage, { id, reason });
  }

  @Post('usage-resume')
  @Requires('billing:admin')
  @Audited('usage.resumed')
  @AnswersNothing('Let a tenant’s use go on')
  async resume(@Param() params: UsageTenantParam): Promise<void> {
    await this.rpc.call(resumeUsage, params);
  }

  @Post('credit-adjustments')
  @Idempotent({ repeatable: true })
  @Requires('billing:admin')
  @Audited('credits.adjusted')
  @Answers('Give or take credits by hand', AdjustedCredits, { errors: { 404: 'NOT_FOUND' } })
  adjust(@Param() { id }: UsageTenantParam, @Body() body: CreditAdjustmentBody): Promise<string> {
    return this.rpc.forward(adjustCredits, { ...body, id });
  }
}
