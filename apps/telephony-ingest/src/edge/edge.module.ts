import { Module } from '@nestjs/common';
import { JournalModule } from '../journal/journal.module';
import { TenancyModule } from '../tenancy/tenancy.module';
import { TenantLimit } from './tenant-limit';
import { WebhookDoor } from './webhook-door';

@Module({
  imports: [JournalModule, TenancyModule],
  providers: [WebhookDoor, TenantLimit],
  exports: [WebhookDoor],
})
export class EdgeModule {}
