import { Controller, Get, Inject, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import {
  AuditEntryPage,
  AuditVerification,
  listAllAuditLogs,
  ListAllAuditLogsRequest,
  listAuditLogs,
  ListAuditLogsRequest,
  verifyAudit,
  VerifyAuditRequest,
} from '@parley/contracts';
import { RpcClient } from '@parley/messaging';
import { Answers, Requires } from '../edge/decorators';

@Controller('v1/audit-logs')
@ApiTags('audit')
export class AuditLogsController {
  constructor(@Inject(RpcClient) private readonly rpc: RpcClient) {}

  @Get()
  @Requires('audit:read')
  @Answers('Security and administrative acts in the active tenant, newest first', AuditEntryPage)
  list(@Query() query: ListAuditLogsRequest): Promise<string> {
    return this.rpc.forward(listAuditLogs, query);
  }
}

@Controller('v1/admin/audit-logs')
@ApiTags('audit')
export class AdminAuditLogsController {
  constructor(@Inject(RpcClient) private readonly rpc: RpcClient) {}

  @Get()
  @Requires('platform-audit:read')
  @Answers('Acts in every tenant and of the platform, newest first', AuditEntryPage)
  list(@Query() query: ListAllAuditLogsRequest): Promise<string> {
    return this.rpc.forward(listAllAuditLogs, query);
  }

  @Get('verification')
  @Requires('platform-audit:read')
  @Answers('Whether the chains of hashes hold, and where the first is broken', AuditVerification)
  verify(@Query() query: VerifyAuditRequest): Promise<string> {
    return this.rpc.forward(verifyAudit, query);
  }
}
