import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import { type FacebookDeletion, type FacebookDeletionAnswer, newId, NotFound } from '@parley/contracts';
import { Jobs } from '@parley/messaging';
import { Database } from '@parley/persistence';
import { CONFIG } from '@parley/platform';
import { UserRepository } from '../account/user.repository';
import { AuditTrail } from '../audit/audit-trail';
import type { IdentityConfig } from '../config';
import { providerSettings } from './provider-settings';
import { RedirectUris } from './redirect-uris';
import { userOfSignedRequest } from './signed-request';
import { SocialAccountRepository } from './social-account.repository';
import { ProofRefused, ProviderNotConfigured } from './social.errors';

const REASON = 'deletion asked for at Facebook';
const KEPT_DAYS = 400;

/**
 * Facebook demands of every app an address where a person's data from Facebook is deleted. The link and the address
 * that Facebook told go; the account stays its owner's, who can erase it here.
 */
@Injectable()
export class FacebookDeletions implements OnModuleInit {
  private readonly pages: RedirectUris;

  constructor(
    @Inject(CONFIG) private readonly config: IdentityConfig,
    @Inject(Database) private readonly db: Database,
    @Inject(Jobs) private readonly jobs: Jobs,
    @Inject(UserRepository) private readonly users: UserRepository,
    @Inject(SocialAccountRepository) private readonly accounts: SocialAccountRepository,
    @Inject(AuditTrail) private readonly audit: AuditTrail,
  ) {
    this.pages = new RedirectUris(config);
  }

  onModuleInit(): void {
    this.jobs.schedule('identity.facebook-deletions', '52 3 * * *', () => this.forgetOld());
  }

  /**
   * Any number of times: who is not known here has nothing here, which is what was asked for.
   * @throws ProofRefused when Facebook did not sign it
   */
  async delete(signedRequest: string): Promise<FacebookDeletionAnswer> {
    const { facebook } = providerSettings(this.config);
    if (!facebook) throw new ProviderNotConfigured('facebook');
    const subject = userOfSignedRequest(signedRequest, facebook.clientSecret);
    if (!subject) throw new ProofRefused('not signed by Facebook');
    const code = newId();
    await this.db.system(REASON, async () => {
      const identity = { provider: 'facebook', issuer: facebook.issuer, subject } as const;
      await this.accounts.takeTurn(identity);
      const found = await this.accounts.find(identity);
      await this.db.execute(
        'INSERT INTO facebook_deletions (code, completed_at) VALUES ($1, clock_timestamp())',
        [code],
      );
      if (!found) return;
      await this.users.lock(found.userId);
      await this.accounts.remove(found);
      await this.audit.record({
        action: 'social-account.unlinked',
        resourceType: 'user',
        resourceId: found.userId,
        after: { provider: 'facebook', reason: 'deletion asked for at Facebook' },
      });
    });
    return { url: this.pages.deletionPage(code), confirmation_code: code };
  }

  async find(code: string): Promise<FacebookDeletion> {
    const [row] = await this.db.system(REASON, () =>
      this.db.query<{ at: Date }>('SELECT completed_at AS at FROM facebook_deletions WHERE code = $1', [
        code,
      ]),
    );
    if (!row) throw new NotFound('No such deletion');
    return { code, status: 'completed', completedAt: row.at.toISOString() };
  }

  private async forgetOld(): Promise<void> {
    await this.db.system(REASON, () =>
      this.db.execute(
        `DELETE FROM facebook_deletions WHERE completed_at < now() - interval '${KEPT_DAYS} days'`,
      ),
    );
  }
}
