import { Body, Controller, Get, Inject, Param, Post, Put } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import {
  CatalogueResponse,
  CodeParam,
  editPack,
  editPlan,
  listPlans,
  PackEdit,
  PackResponse,
  PlanEdit,
  PlanPreview,
  PlanResponse,
  previewPlan,
} from '@parley/contracts';
import { RpcClient } from '@parley/messaging';
import { Audited, Unaudited } from '../audit/audited';
import { Answers, Public, Requires } from '../edge/decorators';

@Controller('v1/billing/plans')
@ApiTags('billing')
export class PlansController {
  constructor(@Inject(RpcClient) private readonly rpc: RpcClient) {}

  @Get()
  @Public()
  @Answers('Plans and packs on offer', CatalogueResponse)
  list(): Promise<string> {
    return this.rpc.forward(listPlans, {});
  }
}

@Controller('v1/admin')
@ApiTags('admin')
export class CatalogueController {
  constructor(@Inject(RpcClient) private readonly rpc: RpcClient) {}

  @Put('plans/:code')
  @Requires('catalogue:admin')
  @Audited('plan.edited')
  @Answers('Make a new version of a plan; subscribers keep theirs', PlanResponse, {
    errors: { 404: 'NOT_FOUND' },
  })
  editPlan(@Param() { code }: CodeParam, @Body() edit: PlanEdit): Promise<string> {
    return this.rpc.forward(editPlan, { ...edit, code });
  }

  @Post('plans/:code/preview')
  @Requires('catalogue:admin')
  @Unaudited('changes nothing')
  @Answers('What last month’s use would have cost under an edit; changes nothing', PlanPreview, {
    errors: { 404: 'NOT_FOUND' },
  })
  preview(@Param() { code }: CodeParam, @Body() edit: PlanEdit): Promise<string> {
    return this.rpc.forward(previewPlan, { ...edit, code });
  }

  @Put('credit-packs/:code')
  @Requires('catalogue:admin')
  @Audited('pack.edited')
  @Answers('Make a new version of a pack of credits, minutes or texts', PackResponse, {
    errors: { 404: 'NOT_FOUND' },
  })
  editPack(@Param() { code }: CodeParam, @Body() edit: PackEdit): Promise<string> {
    return this.rpc.forward(editPack, { ...edit, code });
  }
}
