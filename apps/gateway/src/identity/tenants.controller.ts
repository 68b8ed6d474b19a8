import { Body, Controller, Inject, Patch, Post } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import {
  createTenant,
  CreateTenantRequest,
  leaveTenant,
  MemberIdRequest,
  MemberResponse,
  SessionResponse,
  switchTenant,
  SwitchTenantRequest,
  TenantResponse,
  transferTenant,
  updateTenant,
  UpdateTenantRequest,
} from '@parley/contracts';
import { RpcClient } from '@parley/messaging';
import { Audited } from '../audit/audited';
import { Answers, AnswersNothing, Requires } from '../edge/decorators';
import { Idempotent } from '../idempotency/idempotent.decorator';
import { OpenWithoutMfa, StepUp } from '../edge/step-up';

@Controller('v1')
@ApiTags('tenants')
export class TenantsController {
  constructor(@Inject(RpcClient) private readonly rpc: RpcClient) {}

  @Post('tenants')
  @Idempotent()
  @Requires('tenants:create')
  @Audited('tenant.created')
  @Answers('Open a further company, owned by the caller', TenantResponse, {
    status: 201,
    errors: { 409: 'STATE_CONFLICT: too many tenants of one owner' },
  })
  create(@Body() body: CreateTenantRequest): Promise<string> {
    return this.rpc.forward(createTenant, body);
  }

  @Patch('tenant')
  @Requires('tenant:write')
  @Audited('tenant.updated')
  @Answers('Rename the tenant, or say where it is', TenantResponse)
  update(@Body() body: UpdateTenantRequest): Promise<string> {
    return this.rpc.forward(updateTenant, body);
  }

  @Post('tenant/leave')
  @Requires('tenant:leave')
  @Audited('member.left')
  @AnswersNothing('Leave the tenant; ends the sessions in it')
  async leave(): Promise<void> {
    await this.rpc.call(leaveTenant, {});
  }

  @Post('tenant/transfer')
  @StepUp()
  @Requires('tenant:transfer')
  @Audited('tenant.transferred')
  @Answers('Make another member the owner; both sign in again', MemberResponse, {
    errors: { 404: 'NOT_FOUND: no such member', 409: 'STATE_CONFLICT: a personal tenant' },
  })
  transfer(@Body() body: MemberIdRequest): Promise<string> {
    return this.rpc.forward(transferTenant, body);
  }
}

@Controller('v1/auth/switch-tenant')
@ApiTags('auth')
export class TenantSwitchController {
  constructor(@Inject(RpcClient) private readonly rpc: RpcClient) {}

  @Post()
  @OpenWithoutMfa()
  @Requires('sessions:write')
  @Audited('tenant.entered')
  @Answers('Exchange this session for one in another tenant of the caller', SessionResponse, {
    errors: {
      403: 'ACCOUNT_SUSPENDED: the tenant is',
      404: 'NOT_FOUND: not a member of such a tenant',
      409: 'STATE_CONFLICT: this session is in that tenant already',
    },
  })
  switchTo(@Body() body: SwitchTenantRequest): Promise<string> {
    return this.rpc.forward(switchTenant, body);
  }
}
