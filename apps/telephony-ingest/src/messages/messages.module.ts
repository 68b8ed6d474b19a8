import { Module } from '@nestjs/common';
import { MessageRecorder } from './message-recorder';
import { MessageReadModel } from './message.read-model';
import { MessageRepository } from './message.repository';
import { MessagesController } from './messages.controller';

@Module({
  controllers: [MessagesController],
  providers: [MessageRecorder, MessageReadModel, MessageRepository],
  exports: [MessageRecorder],
})
export class MessagesModule {}
