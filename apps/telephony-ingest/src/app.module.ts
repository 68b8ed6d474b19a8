import { Module } from '@nestjs/common';
import { CallsModule } from './calls/calls.module';
import { EdgeModule } from './edge/edge.module';
import { JournalModule } from './journal/journal.module';
import { StandingModule } from './standing/standing.module';
import { TenancyModule } from './tenancy/tenancy.module';

@Module({ imports: [TenancyModule, StandingModule, CallsModule, JournalModule, EdgeModule] })
export class TelephonyModule {}
