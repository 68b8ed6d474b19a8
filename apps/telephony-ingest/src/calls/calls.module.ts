import { Module } from '@nestjs/common';
import { MessagesModule } from '../messages/messages.module';
import { ObservationSink } from '../observations';
import { BillingFactsController } from './billing-facts.controller';
import { BillingFactsReadModel } from './billing-facts.read-model';
import { CallAnnouncer } from './call-announcer';
import { CallRecorder } from './call-recorder';
import { CallReadModel } from './call.read-model';
import { CallRepository } from './call.repository';
import { CallsController } from './calls.controller';
import { TranscriptRepository } from './transcript.repository';

/** Calls and messages, from what the journal tells. */
@Module({
  imports: [MessagesModule],
  controllers: [BillingFactsController, CallsController],
  providers: [
    BillingFactsReadModel,
    CallAnnouncer,
    CallReadModel,
    CallRecorder,
    CallRepository,
    TranscriptRepository,
    { provide: ObservationSink, useExisting: CallRecorder },
  ],
  exports: [ObservationSink],
})
export class CallsModule {}
