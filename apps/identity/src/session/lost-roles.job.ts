import { Inject, Injectable, Logger, type OnModuleInit } from '@nestjs/common';
import { Jobs } from '@parley/messaging';
import { Database } from '@parley/persistence';
import { CONFIG } from '@parley/platform';
import { UserRepository } from '../account/user.repository';
import type { IdentityConfig } from '../config';
import { SessionEndings } from './session-endings.service';
import { SessionRepository } from './session.repository';

const REASON = 'platform role lost';

/** The platform role comes with a setting (ADMIN_EMAIL) and goes with it: not an hour later, with the last token. */
@Injectable()
export class LostRoles implements OnModuleInit {
  private readonly logger = new Logger(LostRoles.name);

  constructor(
    @Inject(CONFIG) private readonly config: IdentityConfig,
    @Inject(Jobs) private readonly jobs: Jobs,
    @Inject(Database) private readonly db: Database,
    @Inject(UserRepository) private readonly users: UserRepository,
    @Inject(SessionRepository) private readonly sessions: SessionRepository,
    @Inject(SessionEndings) private readonly endings: SessionEndings,
  ) {}

  onModuleInit(): void {
    this.jobs.schedule('identity.lost-roles', '* * * * *', () => this.sweep());
  }

  /** One person a transaction: of many, nobody waits for the others. */
  async sweep(): Promise<void> {
    const { ADMIN_EMAIL } = this.config;
    const people = await this.db.system(REASON, () =>
      this.sessions.peopleWithoutRole(ADMIN_EMAIL, new Date()),
    );
    for (const userId of people) {
      await this.db.system(REASON, async () => {
        await this.users.lock(userId);
        await this.endings.end({ userId }, 'platform_role_lost', new Date(), [
          {
            action: 'user.platform-role-lost',
            resourceType: 'user',
            resourceId: userId,
            before: { platformRole: 'super_admin' },
            after: { platformRole: 'user' },
            tenantId: null,
          },
        ]);
      });
      this.logger.warn({ userId }, 'super_admin lost: sessions ended');
    }
  }
}
