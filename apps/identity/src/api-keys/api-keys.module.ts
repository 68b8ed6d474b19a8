import { Module } from '@nestjs/common';
import { AuditModule } from '../audit/audit.module';
import { ApiKeyVerifier } from './api-key-verifier';
import { ApiKeyRepository } from './api-key.repository';
import { ApiKeyService } from './api-key.service';
import { ApiKeysController } from './api-keys.controller';

@Module({
  imports: [AuditModule],
  controllers: [ApiKeysController],
  providers: [ApiKeyRepository, ApiKeyService, ApiKeyVerifier],
})
export class ApiKeysModule {}
