import { Inject, Injectable } from '@nestjs/common';
import { currentCaller, newId, type RegisterRequest, type RegisterResponse } from '@parley/contracts';
import { Database } from '@parley/persistence';
import { CONFIG } from '@parley/platform';
import { EmailTaken } from '../account/account.errors';
import { Passwords } from '../account/passwords.service';
import { normalizeEmail, toUserResponse, type User, UserRepository } from '../account/user.repository';
import type { IdentityConfig } from '../config';
import type { Proof } from '../session/proof.repository';
import { SessionService } from '../session/session.service';
import { DEFAULT_COUNTRY, DEFAULT_TIMEZONE } from '../tenancy/places';
import { slugFor } from '../tenancy/slug';
import { TenancyService } from '../tenancy/tenancy.service';
import { toTenantResponse } from '../tenancy/tenant.repository';
import { VerificationMails } from '../verification/verification-mails.service';

interface Opened {
  user: User;
  tenant: Awaited<ReturnType<TenancyService['open']>>;
  signedIn: Awaited<ReturnType<SessionService['open']>> | undefined;
}

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
   * does not wait for verification (C-07). Where it waits, an address that has an account is answered as any other, and
   * its owner learns of the attempt by mail: nobody finds out this way who has an account.
   * @throws WeakPassword; EmailTaken where sign-in does not wait
   */
  async register(request: RegisterRequest): Promise<RegisterResponse> {
    const email = normalizeEmail(request.email);
    const owner = { email, name: request.name.trim() };
    const passwordHash = await this.passwords.hashNew(request.password, owner);
    const opened = await this.db.system('registration', () => this.open(request, email, passwordHash));
    if (opened) return this.respond(opened);
    if (!this.config.REQUIRE_VERIFIED_EMAIL) throw new EmailTaken();
    await this.mails.request(email, 'registration_attempted');
    const pretended = await this.pretend(request, passwordHash);
    return this.respond({ ...pretended, user: { ...pretended.user, email } });
  }

  /** In the open transaction. Nothing when the address has an account already. */
  private async open(
    request: RegisterRequest,
    email: string,
    passwordHash: string,
  ): Promise<Opened | undefined> {
    const name = request.name.trim();
    const company = request.company?.trim();
    const locale = request.locale ?? currentCaller().locale;
    const user = await this.users.add({
      id: newId(),
      email,
      name,
      locale,
      passwordHash,
      emailVerifiedAt: null,
      platformRole: 'user',
    });
    if (!user) return undefined;
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
    const proof: Proof = { at, methods: ['pwd'] };
    const waits = this.config.REQUIRE_VERIFIED_EMAIL;
    return { user, tenant, signedIn: waits ? undefined : await this.sessions.open(user, tenant, at, proof) };
  }

  /** The same work under an address nobody has, undone at its end: so it takes as long, and answers the same. */
  private async pretend(request: RegisterRequest, passwordHash: string): Promise<Opened> {
    const nobody = `${newId()}@registration.invalid`;
    try {
      return await this.db.system('registration of a known address', async () => {
        throw new Undone(await this.open(request, nobody, passwordHash));
      });
    } catch (error) {
      if (error instanceof Undone && error.opened) return error.opened;
      throw error;
    }
  }

  private async respond({ user, tenant, signedIn }: Opened): Promise<RegisterResponse> {
    if (signedIn) return { status: 'signed_in', ...(await this.sessions.respond(signedIn)) };
    return { status: 'verification_required', user: toUserResponse(user), tenant: toTenantResponse(tenant) };
  }
}

/** Thrown out of a transaction to roll it back. */
class Undone extends Error {
  constructor(readonly opened: Opened | undefined) {
    super('undone on purpose');
  }
}
