import { Body, Controller, Get, Inject, Param, Patch, Post, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import {
  AppError,
  type BillingSummary,
  createAccount,
  CreateAccountRequest,
  CreatedAccountResponse,
  getTenant,
  getUser,
  ListedTenant,
  ListedTenantPage,
  ListedUser,
  ListedUserPage,
  listTenants,
  ListTenantsRequest,
  listUsers,
  ListUsersRequest,
  reactivateTenant,
  reactivateUser,
  SubjectIdRequest,
  SuspensionBody,
  suspendTenant,
  summarizeBilling,
  SUMMARIES_MAX,
  suspendUser,
  TenantDetails,
  updateListedTenant,
  UpdateListedTenantBody,
  updateUser,
  UpdateUserBody,
  type UserDetails,
  UserOverview,
} from '@parley/contracts';
import { RpcClient } from '@parley/messaging';
import { Audited } from '../audit/audited';
import { Answers, Requires } from '../edge/decorators';

const REFUSALS = { errors: { 404: 'NOT_FOUND', 409: 'STATE_CONFLICT: deleted, or yourself' } };

@Controller('v1/admin')
@ApiTags('administration')
export class DirectoryController {
  constructor(@Inject(RpcClient) private readonly rpc: RpcClient) {}

  @Get('tenants')
  @Requires('tenants:admin')
  @Answers('Every tenant, newest first', ListedTenantPage)
  tenants(@Query() query: ListTenantsRequest): Promise<string> {
    return this.rpc.forward(listTenants, query);
  }

  @Get('tenants/:id')
  @Requires('tenants:admin')
  @Answers('A tenant, with what it has', TenantDetails, { errors: { 404: 'NOT_FOUND' } })
  tenant(@Param() params: SubjectIdRequest): Promise<string> {
    return this.rpc.forward(getTenant, params);
  }

  @Patch('tenants/:id')
  @Requires('tenants:admin')
  @Audited('tenant.agency-changed')
  @Answers('Let a company have sub-accounts, or no more', TenantDetails, {
    errors: { 404: 'NOT_FOUND', 409: 'STATE_CONFLICT: no company of its own, or it has sub-accounts' },
  })
  updateTenant(@Param() { id }: SubjectIdRequest, @Body() body: UpdateListedTenantBody): Promise<string> {
    return this.rpc.forward(updateListedTenant, { ...body, id });
  }

  @Post('tenants/:id/suspend')
  @Requires('tenants:admin')
  @Audited('tenant.suspended')
  @Answers('Suspend a tenant and end every session in it', ListedTenant, REFUSALS)
  suspendTenant(@Param() { id }: SubjectIdRequest, @Body() { reason }: SuspensionBody): Promise<string> {
    return this.rpc.forward(suspendTenant, { id, reason });
  }

  @Post('tenants/:id/reactivate')
  @Requires('tenants:admin')
  @Audited('tenant.reactivated')
  @Answers('End the suspension of a tenant', ListedTenant, REFUSALS)
  reactivateTenant(@Param() params: SubjectIdRequest): Promise<string> {
    return this.rpc.forward(reactivateTenant, params);
  }

  @Get('users')
  @Requires('users:read')
  @Answers(
    'People, newest first: members for admins of a tenant, everybody for super admins',
    ListedUserPage,
    {
      errors: { 404: 'NOT_FOUND: a tenant that is not the caller’s' },
    },
  )
  users(@Query() query: ListUsersRequest): Promise<string> {
    return this.rpc.forward(listUsers, query);
  }

  @Post('users')
  @Requires('users:admin')
  @Audited('account.created')
  @Answers('Open an account for somebody, who gets a mail to choose a password', CreatedAccountResponse, {
    status: 201,
    errors: {
      402: 'PLAN_REQUIRED: every seat of the tenant is taken',
      404: 'NOT_FOUND: no such tenant',
      409: 'DUPLICATE: the e-mail has an account; STATE_CONFLICT: the tenant is suspended',
    },
  })
  createAccount(@Body() body: CreateAccountRequest): Promise<string> {
    return this.rpc.forward(createAccount, body);
  }

  @Get('users/:id')
  @Requires('users:admin')
  @Answers('A person, with memberships, and the plans and use of those tenants', UserOverview, {
    errors: { 404: 'NOT_FOUND' },
  })
  async user(@Param() params: SubjectIdRequest): Promise<UserOverview> {
    const user = await this.rpc.call(getUser, params);
    return { ...user, billing: await this.billingOf(user) };
  }

  /** Who the person is can be seen though billing is away. */
  private async billingOf({ memberships }: UserDetails): Promise<BillingSummary[] | null> {
    const tenantIds = memberships.slice(0, SUMMARIES_MAX).map(({ tenantId }) => tenantId);
    if (tenantIds.length === 0) return [];
    try {
      return (await this.rpc.call(summarizeBilling, { tenantIds })).data;
    } catch (error) {
      if (error instanceof AppError && ['unavailable', 'timeout'].includes(error.kind)) return null;
      throw error;
    }
  }

  @Patch('users/:id')
  @Requires('users:admin')
  @Audited('user.suspended', 'user.reactivated')
  @Answers('Suspend or reactivate a person', ListedUser, REFUSALS)
  updateUser(@Param() { id }: SubjectIdRequest, @Body() body: UpdateUserBody): Promise<string> {
    return this.rpc.forward(updateUser, { ...body, id });
  }

  @Post('users/:id/suspend')
  @Requires('users:admin')
  @Audited('user.suspended')
  @Answers('Suspend a person and end all their sessions', ListedUser, REFUSALS)
  suspendUser(@Param() { id }: SubjectIdRequest, @Body() { reason }: SuspensionBody): Promise<string> {
    return this.rpc.forward(suspendUser, { id, reason });
  }

  @Post('users/:id/reactivate')
  @Requires('users:admin')
  @Audited('user.reactivated')
  @Answers('End the suspension of a person', ListedUser, REFUSALS)
  reactivateUser(@Param() params: SubjectIdRequest): Promise<string> {
    return this.rpc.forward(reactivateUser, params);
  }
}
