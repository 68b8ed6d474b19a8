import { Controller, Logger, type OnModuleInit } from '@nestjs/common';
import { AppError, Text, type TenantCreatedV1, tenantCreatedV1, Uuid } from '@parley/contracts';
import { type JobDefinition, Jobs, OnEvent } from '@parley/messaging';
import { Signups } from './signups.service';
import { SightingsRepository } from './sightings.repository';

class RecordSignup {
  @Uuid() tenantId: string;
  @Text({ max: 64 }) code: string;
  @Uuid({ optional: true }) userId?: string;
  @Text({ optional: true, max: 64 }) network?: string;
}

const recordSignup: JobDefinition<RecordSignup> = { name: 'billing.referral-signup', payload: RecordSignup };

/** Registrations that carried a code. Whose code it is belongs to another tenant, so a job looks. */
@Controller()
export class SignupsConsumer implements OnModuleInit {
  private readonly logger = new Logger(SignupsConsumer.name);

  constructor(
    private readonly jobs: Jobs,
    private readonly signups: Signups,
    private readonly sightings: SightingsRepository,
  ) {}

  onModuleInit(): void {
    this.jobs.handle(recordSignup, (signup) => this.record(signup));
  }

  @OnEvent(tenantCreatedV1)
  async onTenantCreated({ tenantId, ownerId, networkPrint, referralCode }: TenantCreatedV1): Promise<void> {
    if (ownerId) await this.sightings.add(tenantId, ownerId, networkPrint);
    if (!referralCode) return;
    await this.jobs.enqueue(
      recordSignup,
      {
        tenantId,
        code: referralCode,
        ...(ownerId ? { userId: ownerId } : {}),
        ...(networkPrint ? { network: networkPrint } : {}),
      },
      { tenantId },
    );
  }

  /** Nobody waits for an answer: a code that cannot be used is left at that. */
  private async record({ tenantId, code, userId, network }: RecordSignup): Promise<void> {
    try {
      await this.signups.record({ code, tenantId, userId, network, source: 'registration' });
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      this.logger.log({ tenantId, code: error.code }, 'a registration’s referral was not recorded');
    }
  }
}
