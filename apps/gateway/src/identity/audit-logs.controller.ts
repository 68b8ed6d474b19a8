import { Controller, Get, Inject, Query, StreamableFile } from '@nestjs/common';
import { ApiProduces, ApiTags } from '@nestjs/swagger';
import {
  AuditEntry,
  AuditEntryPage,
  AuditVerification,
  beginAuditExport,
  BeginAuditExportRequest,
  beginPlatformAuditExport,
  BeginPlatformAuditExportRequest,
  listAllAuditLogs,
  ListAllAuditLogsRequest,
  listAuditLogs,
  ListAuditLogsRequest,
  verifyAudit,
  VerifyAuditRequest,
} from '@parley/contracts';
import { RpcClient } from '@parley/messaging';
import { Audited } from '../audit/audited';
import { Answers, Requires } from '../edge/decorators';
import { StepUp } from '../edge/step-up';
import { auditFile, CONTENT_TYPES } from './audit-file';

const asDownload = (format: 'csv' | 'ndjson') => ({
  type: CONTENT_TYPES[format],
  disposition: `attachment; filename="audit-logs.${format}"`,
});

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

  @Get('export')
  @StepUp()
  @Requires('audit:read')
  @Audited('audit.exported')
  @ApiProduces('text/csv', 'application/x-ndjson')
  @Answers(
    'Acts in the active tenant as a file, newest first; of a long trail the last line has a cursor',
    AuditEntry,
  )
  async export(@Query() query: BeginAuditExportRequest): Promise<StreamableFile> {
    const { format, limit: _limit, ...filter } = query;
    await this.rpc.call(beginAuditExport, query);
    const file = await auditFile(format, filter, (page) => this.rpc.call(listAuditLogs, page));
    return new StreamableFile(file, asDownload(format));
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

  @Get('export')
  @StepUp()
  @Requires('platform-audit:read')
  @Audited('audit.exported')
  @ApiProduces('text/csv', 'application/x-ndjson')
  @Answers('Acts in every tenant and of the platform as a file', AuditEntry)
  async export(@Query() query: BeginPlatformAuditExportRequest): Promise<StreamableFile> {
    const { format, limit: _limit, ...filter } = query;
    await this.rpc.call(beginPlatformAuditExport, query);
    const file = await auditFile(format, filter, (page) => this.rpc.call(listAllAuditLogs, page));
    return new StreamableFile(file, asDownload(format));
  }

  @Get('verification')
  @Requires('platform-audit:read')
  @Answers('Whether the chains of hashes hold, and where the first is broken', AuditVerification)
  verify(@Query() query: VerifyAuditRequest): Promise<string> {
    return this.rpc.forward(verifyAudit, query);
  }
}
