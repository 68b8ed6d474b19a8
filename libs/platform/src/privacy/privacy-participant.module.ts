import { Controller, type DynamicModule, Inject, Module } from '@nestjs/common';
import { type EventMeta, type PrivacyRequestedV1, privacyRequestedV1 } from '@parley/contracts';
import { OnEvent } from '@parley/messaging';
import { PersonalRowsRepository } from './personal-rows.repository';
import { PrivacyTaskRepository } from './privacy-task.repository';
import { PARTICIPANT, type PrivacyParticipantOptions, PrivacyWork } from './privacy-work';

export type { PrivacyParticipantOptions };

@Controller()
class PrivacyRequestsConsumer {
  constructor(@Inject(PrivacyWork) private readonly work: PrivacyWork) {}

  @OnEvent(privacyRequestedV1)
  async onPrivacyRequested(request: PrivacyRequestedV1, _meta: EventMeta): Promise<void> {
    await this.work.accept(request);
  }
}

/** Makes a service take part in privacy requests: it says which tables hold what of whom. It needs `jobs: true`. */
@Module({})
export class PrivacyParticipantModule {
  static of(options: PrivacyParticipantOptions): DynamicModule {
    return {
      module: PrivacyParticipantModule,
      controllers: [PrivacyRequestsConsumer],
      providers: [
        { provide: PARTICIPANT, useValue: options },
        PersonalRowsRepository,
        PrivacyTaskRepository,
        PrivacyWork,
      ],
      exports: [PrivacyWork],
    };
  }
}
