import { Module } from '@nestjs/common';
import { ActsConsumer } from './acts.consumer';
import { AuditController } from './audit.controller';
import { AuditLogService } from './audit-log.service';
import { AuditRepository } from './audit.repository';
import { AuditTrail } from './audit-trail';
import { AuditVerifier } from './audit-verifier';

@Module({
  controllers: [ActsConsumer, AuditController],
  providers: [AuditLogService, AuditRepository, AuditTrail, AuditVerifier],
  exports: [AuditLogService, AuditTrail],
})
export class AuditModule {}
