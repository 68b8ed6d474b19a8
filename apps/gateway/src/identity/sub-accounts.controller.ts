import { Body, Controller, Get, Inject, Param, Post, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import {
  createSubAccount,
  CreateSubAccountRequest,
  listSubAccounts,
  PageRequest,
  reactivateSubAccount,
  SubAccount,
  SubAccountIdRequest,
  SubAccountPage,
  suspendSubAccount,
  SuspensionBody,
} from '@parley/contracts';
import { RpcClient } from '@parley/messaging';
import { Audited } from '../audit/audited';
import { Answers, Requires } from '../edge/decorators';

const REFUSALS = {
  404: 'NOT_FOUND',
  409: 'STATE_CONFLICT: suspended by the platform',
};

/** Tenants of an agency's clients. Entering one is POST /v1/auth/switch-tenant. */
@Controller('v1/sub-accounts')
@ApiTags('tenants')
export class SubAccountsController {
  constructor(@Inject(RpcClient) private readonly rpc: RpcClient) {}

  @Get()
  @Requires('sub-accounts:read')
  @Answers('Sub-accounts of the agency, newest first', SubAccountPage)
  list(@Query() query: PageRequest): Promise<string> {
    return this.rpc.forward(listSubAccounts, query);
  }

  @Post()
  @Requires('sub-accounts:write')
  @Audited('sub-account.created')
  @Answers('Open a sub-account', SubAccount, {
    status: 201,
    errors: { 403: 'FORBIDDEN: the tenant is no agency', 409: 'STATE_CONFLICT: too many' },
  })
  create(@Body() body: CreateSubAccountRequest): Promise<string> {
    return this.rpc.forward(createSubAccount, body);
  }

  @Post(':id/suspend')
  @Requires('sub-accounts:write')
  @Audited('tenant.suspended')
  @Answers('Suspend a sub-account and end every session in it', SubAccount, { errors: REFUSALS })
  suspend(@Param() { id }: SubAccountIdRequest, @Body() { reason }: SuspensionBody): Promise<string> {
    return this.rpc.forward(suspendSubAccount, { id, reason });
  }

  @Post(':id/reactivate')
  @Requires('sub-accounts:write')
  @Audited('tenant.reactivated')
  @Answers('End the agency’s suspension of a sub-account', SubAccount, { errors: REFUSALS })
  reactivate(@Param() params: SubAccountIdRequest): Promise<string> {
    return this.rpc.forward(reactivateSubAccount, params);
  }
}
