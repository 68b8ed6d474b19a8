import { Module } from '@nestjs/common';
import { JournalModule } from '../journal/journal.module';
import { StandingModule } from '../standing/standing.module';
import { TenancyModule } from '../tenancy/tenancy.module';
import { TenantLimit } from './tenant-limit';
import { WebhookDoor } from './webhook-door';

@Module({
  imports: [JournalModule, StandingModule, TenancyModule],
  providers: [WebhookDoor, TenantLimit],
  exports: [WebhookDoor],
})
export class EdgeModule {}
