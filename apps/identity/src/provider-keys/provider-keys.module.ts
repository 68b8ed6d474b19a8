import { Module } from '@nestjs/common';
import { AuditModule } from '../audit/audit.module';
import { EnvelopesModule } from '../envelopes/envelopes.module';
import { ProviderKeyRepository } from './provider-key.repository';
import { ProviderKeyService } from './provider-key.service';
import { ProviderKeysController } from './provider-keys.controller';

@Module({
  imports: [AuditModule, EnvelopesModule],
  controllers: [ProviderKeysController],
  providers: [ProviderKeyRepository, ProviderKeyService],
  exports: [ProviderKeyService],
})
export class ProviderKeysModule {}
