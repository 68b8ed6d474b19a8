import { Inject, Injectable } from '@nestjs/common';
import type { VerifyEmailResponse } from '@parley/contracts';
import { Database } from '@parley/persistence';
import { UserRepository } from '../account/user.repository';
import { AuditTrail } from '../audit/audit-trail';
import { TenantRepository } from '../tenancy/tenant.repository';
import { AlreadyVerified, InvalidMailToken } from './verification.errors';
import { hashOfToken } from './verification-token';
import { VerificationTokenRepository } from './verification-token.repository';

@Injectable()
export class VerificationService {
  constructor(
    @Inject(Database) private readonly db: Database,
    @Inject(UserRepository) private readonly users: UserRepository,
    @Inject(VerificationTokenRepository) private readonly tokens: VerificationTokenRepository,
    @Inject(TenantRepository) private readonly tenants: TenantRepository,
    @Inject(AuditTrail) private readonly audit: AuditTrail,
  ) {}

  /** @throws InvalidMailToken; AlreadyVerified when the token did its work before */
  async verify(token: string): Promise<VerifyEmailResponse> {
    const at = new Date();
    const hash = hashOfToken(token);
    return this.db.system('e-mail verification', async () => {
      const userId = await this.tokens.findHolder(hash, ['verify_email'], at);
      // Person, then token: as whoever signs in by such a token does.
      if (userId) await this.users.lock(userId);
      const consumed = userId && (await this.tokens.consume(hash, ['verify_email'], at));
      const verified = consumed && (await this.users.verifyEmail(consumed, at));
      if (verified) {
        await this.tokens.consumeAll(verified.id, ['verify_email'], at);
        await this.record(verified.id);
        return { email: verified.email, verifiedAt: at.toISOString() };
      }
      const holder = userId ?? (await this.tokens.findFormerHolder(hash, 'verify_email'));
      const user = holder && (await this.users.find(holder));
      if (user && user.emailVerifiedAt) throw new AlreadyVerified();
      throw new InvalidMailToken();
    });
  }

  /** An address that is verified may make a super admin (C-03). */
  private async record(userId: string): Promise<void> {
    const [home] = await this.tenants.ofMember(userId);
    await this.audit.record({
      action: 'account.email-verified',
      resourceType: 'user',
      resourceId: userId,
      tenantId: home?.id ?? null,
      actorUserId: userId,
    });
  }
}
