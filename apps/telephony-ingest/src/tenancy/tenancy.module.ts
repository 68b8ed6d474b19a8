import { Module } from '@nestjs/common';
import { Directory } from './directory';
import { DirectoryRepository } from './directory.repository';
import { IntegrationsController } from './integrations.controller';
import { IntegrationsRepository } from './integrations.repository';
import { IntegrationsService } from './integrations.service';
import { NumbersController } from './numbers.controller';
import { NumbersService } from './numbers.service';
import { PlatformAccounts } from './platform-accounts';
import { CONFIG, SecretBox } from '@parley/platform';
import type { TelephonyConfig } from '../config';
import { TenantResolver } from './tenant-resolver';
import { TenantStandings } from './tenant-standings';
import { TenantsConsumer } from './tenants.consumer';

@Module({
  controllers: [IntegrationsController, NumbersController, TenantsConsumer],
  providers: [
    Directory,
    DirectoryRepository,
    IntegrationsRepository,
    IntegrationsService,
    NumbersService,
    PlatformAccounts,
    {
      provide: SecretBox,
      useFactory: (config: TelephonyConfig) => new SecretBox(config.ENCRYPTION_KEY),
      inject: [CONFIG],
    },
    TenantResolver,
    TenantStandings,
  ],
  exports: [Directory, TenantResolver],
})
export class TenancyModule {}
