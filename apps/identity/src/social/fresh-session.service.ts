import { Inject, Injectable } from '@nestjs/common';
import { Unauthenticated } from '@parley/contracts';
import { Database } from '@parley/persistence';
import { CONFIG } from '@parley/platform';
import type { IdentityConfig } from '../config';
import { actingInPerson } from '../session/acting-user';
import { SignInAgain } from './social.errors';

/** Another way in is for the account's owner to add, not for whoever finds an open browser. */
@Injectable()
export class FreshSession {
  constructor(
    @Inject(CONFIG) private readonly config: IdentityConfig,
    @Inject(Database) private readonly db: Database,
  ) {}

  /**
   * The signed-in person, whose session lives in the database and began a short while ago.
   * @throws Unauthenticated, Forbidden while impersonating, SignInAgain
   */
  async demandUser(): Promise<string> {
    const { userId, sessionId } = actingInPerson();
    await this.db.system('age of a session', async () => {
      const [session] = await this.db.query<{ createdAt: Date }>(
        `SELECT created_at AS "createdAt" FROM auth_sessions
         WHERE id = $1 AND user_id = $2 AND revoked_at IS NULL AND expires_at > $3`,
        [sessionId ?? null, userId, new Date()],
      );
      if (!session) throw new Unauthenticated('The session has ended');
      const minutes = this.config.LINK_FRESH_MINUTES;
      if (Date.now() - session.createdAt.getTime() > minutes * 60_000) throw new SignInAgain(minutes);
    });
    return userId;
  }
}
