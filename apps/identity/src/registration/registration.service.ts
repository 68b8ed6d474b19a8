import { Inject, Injectable } from '@nestjs/common';
import { currentCaller, newId, type RegisterRequest, type RegisterResponse } from '@parley/contracts';
import { Database } from '@parley/persistence';
import { CONFIG } from '@parley/platform';
import { EmailTaken } from '../account/account.errors';
import { Passwords } from '../account/passwords.service';
import { normalizeEmail, toUserResponse, UserRepository } from '../account/user.repository';
import type { IdentityConfig } from '../config';
import type { Proof } from '../session/proof.repository';
import { SessionService } from '../session/session.service';
import { DEFAULT_COUNTRY, DEFAULT_TIMEZONE } from '../tenancy/places';
import { slugFor } from '../tenancy/slug';
import { TenancyService } from '../tenancy/tenancy.service';
import { toTenantResponse } from '../tenancy/tenant.repository';
import { VerificationMails } from '../verification/verification-mails.service';

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
   * A person, their personal tenant (C-01) and a verification mail, all or nothing; with a first session where sign-in
   * does not wait for verification (C-07).
   * @throws WeakPassword, EmailTaken
   */
  async register(request: RegisterRequest): Promise<RegisterResponse> {
    const email = normalizeEmail(request.email);
    const name = request.name.trim();
    const company = request.company?.trim();
    const locale = request.locale ?? currentCaller().locale;
    const passwordHash = await this.passwords.hashNew(request.password, { email, name });
    const { user, tenant, signedIn } = await this.db.system('registration', async () => {
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
      const waits = this.config.REQUIRE_VERIFIED_EMAIL;
      const proof: Proof = { at, methods: ['pwd'] };
      const signedIn = waits ? undefined : await this.sessions.open(user, tenant, at, proof);
      return { user, tenant, signedIn };
    });
    if (signedIn) return { status: 'signed_in', ...(await this.sessions.respond(signedIn)) };
    return { status: 'verification_required', user: toUserResponse(user), tenant: toTenantResponse(tenant) };
  }
}
