import { Body, Controller, Delete, Get, Inject, Param, Post, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import {
  AuditEntryPage,
  endImpersonation,
  getImpersonation,
  Impersonation,
  ImpersonationIdRequest,
  ImpersonationPage,
  ImpersonationToken,
  listAllImpersonations,
  ListAllImpersonationsRequest,
  listImpersonationActs,
  listImpersonations,
  ListImpersonationsRequest,
  PageRequest,
  startImpersonation,
  StartImpersonationRequest,
} from '@parley/contracts';
import { RpcClient } from '@parley/messaging';
import { Audited } from '../audit/audited';
import { Answers, Requires } from '../edge/decorators';
import { StepUp } from '../edge/step-up';

@Controller('v1/admin/impersonations')
@ApiTags('administration')
export class AdminImpersonationsController {
  constructor(@Inject(RpcClient) private readonly rpc: RpcClient) {}

  @Post()
  @StepUp()
  @Requires('impersonations:admin')
  @Audited('impersonation.started')
  @Answers('Act as a member of a tenant, for at most 30 minutes', ImpersonationToken, {
    status: 201,
    errors: {
      403: 'IMPERSONATION_FORBIDDEN: another super admin, or while acting as somebody',
      404: 'NOT_FOUND: no such person in this tenant',
      409: 'STATE_CONFLICT: suspended',
    },
  })
  start(@Body() body: StartImpersonationRequest): Promise<string> {
    return this.rpc.forward(startImpersonation, body);
  }

  @Get()
  @Requires('impersonations:admin')
  @Answers('Impersonations in every tenant, newest first', ImpersonationPage)
  list(@Query() query: ListAllImpersonationsRequest): Promise<string> {
    return this.rpc.forward(listAllImpersonations, query);
  }

  @Get(':id')
  @Requires('impersonations:admin')
  @Answers('One impersonation', Impersonation, { errors: { 404: 'NOT_FOUND' } })
  get(@Param() params: ImpersonationIdRequest): Promise<string> {
    return this.rpc.forward(getImpersonation, params);
  }

  @Delete(':id')
  @Requires('impersonations:admin')
  @Audited('impersonation.ended')
  @Answers('End it: its token is refused everywhere within seconds', Impersonation, {
    errors: { 404: 'NOT_FOUND' },
  })
  end(@Param() params: ImpersonationIdRequest): Promise<string> {
    return this.rpc.forward(endImpersonation, params);
  }
}

@Controller('v1/impersonations')
@ApiTags('audit')
export class ImpersonationsController {
  constructor(@Inject(RpcClient) private readonly rpc: RpcClient) {}

  @Get()
  @Requires('impersonations:read')
  @Answers('Who of the platform acted in the tenant, when and why, newest first', ImpersonationPage)
  list(@Query() query: ListImpersonationsRequest): Promise<string> {
    return this.rpc.forward(listImpersonations, query);
  }

  @Get(':id/acts')
  @Requires('impersonations:read')
  @Answers('What was done in it, newest first', AuditEntryPage, { errors: { 404: 'NOT_FOUND' } })
  acts(@Param() { id }: ImpersonationIdRequest, @Query() query: PageRequest): Promise<string> {
    return this.rpc.forward(listImpersonationActs, { ...query, id });
  }
}
