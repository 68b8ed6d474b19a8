import { Module } from '@nestjs/common';
import { PrivacyParticipantModule, RetentionModule } from '@parley/platform';
import { CallsModule } from './calls/calls.module';
import { EdgeModule } from './edge/edge.module';
import { JournalModule } from './journal/journal.module';
import { RETAINED, TELEPHONY_PRIVACY } from './privacy/telephony-data';
import { StandingModule } from './standing/standing.module';
import { TenancyModule } from './tenancy/tenancy.module';

@Module({
  imports: [
    TenancyModule,
    StandingModule,
    CallsModule,
    JournalModule,
    EdgeModule,
    PrivacyParticipantModule.of(TELEPHONY_PRIVACY),
    RetentionModule.of(RETAINED),
  ],
})
export class TelephonyModule {}
