import { Inject, Injectable } from '@nestjs/common';
import { currentCaller, newId, type RegisterRequest, type SessionResponse } from '@parley/contracts';
import { Database } from '@parley/persistence';
import { CONFIG } from '@parley/platform';
import { EmailTaken } from '../account/account.errors';
import { Passwords } from '../account/passwords.service';
import { normalizeEmail, UserRepository } from '../account/user.repository';
import type { IdentityConfig } from '../config';
import type { Proof } from '../session/proof.repository';
import { AwaitsVerification } from '../session/session.errors';
import { SessionService } from '../session/session.service';
import { slugFor } from '../tenancy/slug';
import { TenancyService } from '../tenancy/tenancy.service';
import { VerificationMails } from '../verification/verification-mails.service';

export const DEFAULT_COUNTRY = 'CA';
export const DEFAULT_TIMEZONE = 'America/Toronto';

@Injectable()
export class RegistrationService {
  constructor(
    @Inject(CONFIG) private readonly config: IdentityConfig,
    @Inject(Database) private readonly db: Database,
    @Inject(UserRepository) private readonly users: UserRepository,
    @Inject(Passwords) private readonly passwords: Passwords,
    @Inject(TenancyService) private readonly tenancy: TenancyService,
    @Inject(SessionService) private readonly sessions: SessionService,
    @Inject(VerificationMails) private readonly mails: VerificationMails,
  ) {}

  /**
   * A person, their personal tenant (C-01), a verification mail and a first session, all or nothing. Where sign-in
   * waits for verification (C-07) the account is made and the answer is the one that sign-in would give.
   * @throws WeakPassword, EmailTaken, AwaitsVerification
   */
  async register(request: RegisterRequest): Promise<SessionResponse> {
    const email = normalizeEmail(request.email);
    const name = request.name.trim();
    const company = request.company?.trim();
    const locale = request.locale ?? currentCaller().locale;
    const passwordHash = await this.passwords.hashNew(request.password, email);
    const { user: person, signedIn } = await this.db.system('registration', async () => {
      const user = await this.users.add({
        id: newId(),
        email,
        name,
        locale,
        passwordHash,
        emailVerifiedAt: null,
        platformRole: 'user',
      });
      if (!user) throw new EmailTaken();
      const tenantName = company || name;
      const tenant = await this.tenancy.open(
        {
          id: newId(),
          slug: slugFor(tenantName),
          name: tenantName,
          kind: 'personal',
          businessName: company || null,
          country: request.country ?? DEFAULT_COUNTRY,
          locale,
          timezone: request.timezone ?? DEFAULT_TIMEZONE,
        },
        user.id,
        request.referralCode,
      );
      const at = new Date();
      await this.mails.issue(user, 'verify_email', at);
      if (this.config.REQUIRE_VERIFIED_EMAIL) return { user };
      const proof: Proof = { at, methods: ['pwd'] };
      return { user, signedIn: await this.sessions.open(user, tenant, at, proof) };
    });
    if (!signedIn) throw new AwaitsVerification(person.id);
    return this.sessions.respond(signedIn);
  }
}
