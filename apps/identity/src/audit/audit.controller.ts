import { Controller, Inject } from '@nestjs/common';
import {
  type AuditEntry,
  AuditVerification,
  beginAuditExport,
  BeginAuditExportRequest,
  beginPlatformAuditExport,
  BeginPlatformAuditExportRequest,
  listAllAuditLogs,
  ListAllAuditLogsRequest,
  listAuditLogs,
  ListAuditLogsRequest,
  type Nothing,
  type Page,
  verifyAudit,
  VerifyAuditRequest,
} from '@parley/contracts';
import { Handles } from '@parley/messaging';
import { AuditLogService } from './audit-log.service';
import { AuditVerifier } from './audit-verifier';

@Controller()
export class AuditController {
  constructor(
    @Inject(AuditLogService) private readonly log: AuditLogService,
    @Inject(AuditVerifier) private readonly verifier: AuditVerifier,
  ) {}

  @Handles(listAuditLogs)
  list(request: ListAuditLogsRequest): Promise<Page<AuditEntry>> {
    return this.log.list(request);
  }

  @Handles(listAllAuditLogs)
  listAll(request: ListAllAuditLogsRequest): Promise<Page<AuditEntry>> {
    return this.log.listAll(request);
  }

  @Handles(beginAuditExport)
  async beginExport(request: BeginAuditExportRequest): Promise<Nothing> {
    await this.log.beginExport(request);
    return {};
  }

  @Handles(beginPlatformAuditExport)
  async beginPlatformExport(request: BeginPlatformAuditExportRequest): Promise<Nothing> {
    await this.log.beginPlatformExport(request);
    return {};
  }

  @Handles(verifyAudit)
  verify({ tenantId }: VerifyAuditRequest): Promise<AuditVerification> {
    return this.verifier.verify(tenantId);
  }
}
