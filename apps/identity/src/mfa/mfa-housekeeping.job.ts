import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import { Jobs } from '@parley/messaging';
import { Database } from '@parley/persistence';
import { ChallengeRepository } from './challenge.repository';
import { TotpRepository } from './totp.repository';

const DAY_MS = 86_400_000;

/** Anybody can ask for challenges; nobody may fill the disk that way. */
@Injectable()
export class MfaHousekeeping implements OnModuleInit {
  constructor(
    @Inject(Jobs) private readonly jobs: Jobs,
    @Inject(Database) private readonly db: Database,
    @Inject(ChallengeRepository) private readonly challenges: ChallengeRepository,
    @Inject(TotpRepository) private readonly totps: TotpRepository,
  ) {}

  onModuleInit(): void {
    this.jobs.schedule('identity.mfa', '47 * * * *', () => this.sweep());
  }

  async sweep(): Promise<void> {
    await this.db.system('housekeeping', async () => {
      await this.challenges.prune(new Date());
      await this.totps.prune(new Date(Date.now() - DAY_MS));
    });
  }
}
