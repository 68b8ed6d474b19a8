import { Module } from '@nestjs/common';
import { AuditModule } from '../audit/audit.module';
import { EnvelopesModule } from '../envelopes/envelopes.module';
import { ProviderTest } from './provider-test.service';
import { SystemConfigController } from './system-config.controller';
import { SystemConfigRepository } from './system-config.repository';
import { SystemConfigResolver } from './system-config-resolver';
import { SystemConfigService } from './system-config.service';

@Module({
  imports: [AuditModule, EnvelopesModule],
  controllers: [SystemConfigController],
  providers: [ProviderTest, SystemConfigRepository, SystemConfigResolver, SystemConfigService],
})
export class SystemConfigModule {}
