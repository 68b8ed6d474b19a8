import { Inject, Injectable } from '@nestjs/common';
import { currentCaller, type OwnOnboarding, Unauthenticated } from '@parley/contracts';
import { Database } from '@parley/persistence';
import { UserRepository } from '../account/user.repository';
import { SettingsRepository } from '../settings/settings.repository';
import { statusOf, stepAs } from './onboarding';
import { OnboardingRepository } from './onboarding.repository';

/** What is left to do: the run that set the tenant up, or for who came by themselves what they did so far. */
@Injectable()
export class OwnOnboardingService {
  constructor(
    @Inject(Database) private readonly db: Database,
    @Inject(UserRepository) private readonly users: UserRepository,
    @Inject(SettingsRepository) private readonly settings: SettingsRepository,
    @Inject(OnboardingRepository) private readonly runs: OnboardingRepository,
  ) {}

  async get(): Promise<OwnOnboarding> {
    const { userId, tenantId } = currentCaller();
    if (!userId || !tenantId) throw new Unauthenticated('Sign in first');
    return this.db.system('own onboarding', async () => {
      const run = await this.runs.findOf(tenantId);
      if (run) {
        const steps = run.steps.map((step) => ({ ...step, reason: null }));
        return { kind: 'quick' as const, status: run.status, steps };
      }
      const user = await this.users.find(userId);
      if (!user) throw new Unauthenticated('This account has ended');
      const settings = await this.settings.find(tenantId);
      const steps = [
        stepAs('account', 'done', user.createdAt),
        user.emailVerifiedAt
          ? stepAs('verify_email', 'done', user.emailVerifiedAt)
          : stepAs('verify_email', 'pending'),
        settings ? stepAs('settings', 'done', settings.updatedAt) : stepAs('settings', 'pending'),
      ];
      return { kind: 'self' as const, status: statusOf(steps), steps };
    });
  }
}
