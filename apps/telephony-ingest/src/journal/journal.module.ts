import { Module } from '@nestjs/common';
import { CallsModule } from '../calls/calls.module';
import { TenancyModule } from '../tenancy/tenancy.module';
import { EventApplier } from './event-applier';
import { JournalController } from './journal.controller';
import { JournalQueue } from './journal-queue';
import { JournalRepository } from './journal.repository';
import { JournalService } from './journal.service';
import { JournalWorker } from './journal-worker';
import { JournalWriter } from './journal-writer';
import { OwnerFinder } from './owner-finder';
import { PlatformEvents } from './platform-events';
import { ReplayPreview } from './replay-preview';
import { ReplayService } from './replay.service';

@Module({
  imports: [CallsModule, TenancyModule],
  controllers: [JournalController],
  providers: [
    EventApplier,
    JournalQueue,
    JournalRepository,
    JournalService,
    JournalWorker,
    JournalWriter,
    OwnerFinder,
    PlatformEvents,
    ReplayPreview,
    ReplayService,
  ],
  exports: [JournalWriter, JournalWorker],
})
export class JournalModule {}
