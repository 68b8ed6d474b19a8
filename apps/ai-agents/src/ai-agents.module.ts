import { Module } from '@nestjs/common';
import { PrivacyParticipantModule, RetentionModule } from '@parley/platform';
import { Allowance } from './allowance/allowance.service';
import { AbandonedAnswers } from './answer/abandoned-answers';
import { AnswerLog } from './answer/answer-log';
import { AnswerRepository } from './answer/answer.repository';
import { Answers } from './answer/answers.service';
import { RunningAnswers } from './answer/running-answers';
import { ConversationController } from './conversation/conversation.controller';
import { ConversationRepository } from './conversation/conversation.repository';
import { ConversationService } from './conversation/conversation.service';
import { MessageController } from './conversation/message.controller';
import { MessageRepository } from './conversation/message.repository';
import { MessageLog } from './conversation/message-log.service';
import { MessageService } from './conversation/message.service';
import { AiRequestRepository } from './model/ai-request.repository';
import { AiUsage } from './model/ai-usage';
import { AnthropicModel } from './model/anthropic.model';
import { ChatModel } from './model/chat-model';
import { PersonaController } from './persona/persona.controller';
import { PersonaRepository } from './persona/persona.repository';
import { PersonaService } from './persona/persona.service';
import { AGENTS_DATA, RETAINED } from './privacy/agents-data';

@Module({
  imports: [
    PrivacyParticipantModule.of({ service: 'ai-agents', tables: AGENTS_DATA }),
    RetentionModule.of(RETAINED),
  ],
  controllers: [PersonaController, ConversationController, MessageController],
  providers: [
    Allowance,
    PersonaRepository,
    PersonaService,
    ConversationRepository,
    ConversationService,
    MessageRepository,
    MessageLog,
    MessageService,
    RunningAnswers,
    AnswerRepository,
    AnswerLog,
    Answers,
    AbandonedAnswers,
    AiRequestRepository,
    AiUsage,
    { provide: ChatModel, useClass: AnthropicModel },
  ],
})
export class AiAgentsModule {}
