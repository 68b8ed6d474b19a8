import { Inject, Injectable } from '@nestjs/common';
import type { VerifyEmailResponse } from '@parley/contracts';
import { Database } from '@parley/persistence';
import { UserRepository } from '../account/user.repository';
import { AlreadyVerified, InvalidMailToken } from './verification.errors';
import { hashOfToken } from './verification-token';
import { VerificationTokenRepository } from './verification-token.repository';

@Injectable()
export class VerificationService {
  constructor(
    @Inject(Database) private readonly db: Database,
    @Inject(UserRepository) private readonly users: UserRepository,
    @Inject(VerificationTokenRepository) private readonly tokens: VerificationTokenRepository,
  ) {}

  /** @throws InvalidMailToken; AlreadyVerified when the token did its work before */
  async verify(token: string): Promise<VerifyEmailResponse> {
    const at = new Date();
    const hash = hashOfToken(token);
    return this.db.system('e-mail verification', async () => {
      const userId = await this.tokens.consume(hash, ['verify_email'], at);
      const verified = userId && (await this.users.verifyEmail(userId, at));
      if (verified) return { email: verified.email, verifiedAt: at.toISOString() };
      const holder = userId ?? (await this.tokens.findFormerHolder(hash, 'verify_email'));
      const user = holder && (await this.users.find(holder));
      if (user && user.emailVerifiedAt) throw new AlreadyVerified();
      throw new InvalidMailToken();
    });
  }
}
