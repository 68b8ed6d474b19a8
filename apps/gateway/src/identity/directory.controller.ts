import { Body, Controller, Get, Inject, Param, Post, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import {
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
  suspendUser,
} from '@parley/contracts';
import { RpcClient } from '@parley/messaging';
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

  @Post('tenants/:id/suspend')
  @Requires('tenants:admin')
  @Answers('Suspend a tenant and end every session in it', ListedTenant, REFUSALS)
  suspendTenant(@Param() { id }: SubjectIdRequest, @Body() { reason }: SuspensionBody): Promise<string> {
    return this.rpc.forward(suspendTenant, { id, reason });
  }

  @Post('tenants/:id/reactivate')
  @Requires('tenants:admin')
  @Answers('End the suspension of a tenant', ListedTenant, REFUSALS)
  reactivateTenant(@Param() params: SubjectIdRequest): Promise<string> {
    return this.rpc.forward(reactivateTenant, params);
  }

  @Get('users')
  @Requires('users:admin')
  @Answers('Every person, newest first', ListedUserPage)
  users(@Query() query: ListUsersRequest): Promise<string> {
    return this.rpc.forward(listUsers, query);
  }

  @Post('users/:id/suspend')
  @Requires('users:admin')
  @Answers('Suspend a person and end all their sessions', ListedUser, REFUSALS)
  suspendUser(@Param() { id }: SubjectIdRequest, @Body() { reason }: SuspensionBody): Promise<string> {
    return this.rpc.forward(suspendUser, { id, reason });
  }

  @Post('users/:id/reactivate')
  @Requires('users:admin')
  @Answers('End the suspension of a person', ListedUser, REFUSALS)
  reactivateUser(@Param() params: SubjectIdRequest): Promise<string> {
    return this.rpc.forward(reactivateUser, params);
  }
}
