import { Module } from '@nestjs/common';
import { MessagesModule } from '../messages/messages.module';
import { ObservationSink } from '../observations';
import { CallAnnouncer } from './call-announcer';
import { CallRecorder } from './call-recorder';
import { CallReadModel } from './call.read-model';
import { CallRepository } from './call.repository';
import { CallsController } from './calls.controller';
import { TranscriptRepository } from './transcript.repository';

/** Calls and messages, from what the journal tells. */
@Module({
  imports: [MessagesModule],
  controllers: [CallsController],
  providers: [
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
