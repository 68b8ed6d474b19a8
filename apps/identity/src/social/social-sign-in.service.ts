import { Inject, Injectable } from '@nestjs/common';
import { currentCaller, newId, type SessionResponse } from '@parley/contracts';
import { Database } from '@parley/persistence';
import { CONFIG } from '@parley/platform';
import { type User, UserRepository } from '../account/user.repository';
import { AuditTrail } from '../audit/audit-trail';
import type { IdentityConfig } from '../config';
import { AccountSuspended, EmailNotVerified } from '../session/session.errors';
import { SignIn, type SignInOutcome } from '../session/sign-in.service';
import { DEFAULT_COUNTRY, DEFAULT_TIMEZONE } from '../tenancy/places';
import { slugFor } from '../tenancy/slug';
import { TenancyService } from '../tenancy/tenancy.service';
import { TenantRepository } from '../tenancy/tenant.repository';
import { VerificationMails } from '../verification/verification-mails.service';
import { AccountClaim } from './account-claim.service';
import { SocialAccountRepository } from './social-account.repository';
import type { SocialProfile } from './social-profile';
import { EmailRequired, ProofRefused, SignInToLink } from './social.errors';

const REASON = 'social sign-in';

@Injectable()
export class SocialSignIn {
  constructor(
    @Inject(CONFIG) private readonly config: IdentityConfig,
    @Inject(Database) private readonly db: Database,
    @Inject(UserRepository) private readonly users: UserRepository,
    @Inject(TenantRepository) private readonly tenants: TenantRepository,
    @Inject(TenancyService) private readonly tenancy: TenancyService,
    @Inject(SocialAccountRepository) private readonly accounts: SocialAccountRepository,
    @Inject(AccountClaim) private readonly claims: AccountClaim,
    @Inject(SignIn) private readonly signIn: SignIn,
    @Inject(VerificationMails) private readonly mails: VerificationMails,
    @Inject(AuditTrail) private readonly audit: AuditTrail,
  ) {}

  /**
   * Every social sign-in ends here, whatever proved who it is: account, link, session and audit rows, or nothing.
   * @throws SignInToLink, EmailRequired, AccountSuspended, EmailNotVerified, NotAMember, ProofRefused, MfaRequired
   */
  async complete(profile: SocialProfile): Promise<SessionResponse> {
    const outcome = await this.db.system(REASON, () => this.decide(profile, new Date()));
    // The account and its verification mail stay, as at registration.
    if (!outcome) throw new EmailNotVerified();
    return this.signIn.answer(outcome);
  }

  private async decide(profile: SocialProfile, at: Date): Promise<SignInOutcome | undefined> {
    await this.accounts.takeTurn(profile);
    const linked = await this.accounts.find(profile);
    if (linked) await this.accounts.touch(linked, profile.email, at);
    const user = linked
      ? await this.users.lockToSignIn(linked.userId)
      : await this.joinOrRegister(profile, at);
    if (!user) throw new ProofRefused('account is gone');
    if (!linked && this.config.REQUIRE_VERIFIED_EMAIL && !user.emailVerifiedAt) return undefined;
    return this.signIn.finish(user, undefined, ['social'], at, { facts: { provider: profile.provider } });
  }

  /** An identity that nobody has yet: a new account, or one that may be joined by its address. */
  private async joinOrRegister(profile: SocialProfile, at: Date): Promise<User> {
    const { email } = profile;
    if (email === null) throw new EmailRequired();
    const existing = await this.users.lockByEmail(email);
    if (existing) return this.join(existing, profile, at);
    const added = await this.register(profile, email, at);
    if (added) return added;
    const winner = await this.users.lockByEmail(email);
    if (!winner) throw new Error('An account that was in the way is gone');
    return this.join(winner, profile, at);
  }

  /** Only on the word of who runs the mailbox; all others prove themselves by signing in. */
  private async join(existing: User, profile: SocialProfile, at: Date): Promise<User> {
    if (profile.emailTrust !== 'authoritative') throw new SignInToLink();
    if (existing.status !== 'active') throw new AccountSuspended();
    const user = existing.emailVerifiedAt ? existing : await this.claims.claim(existing, at);
    if (!(await this.accounts.add(user.id, profile, at, at))) throw new SignInToLink();
    await this.recordLink(user, profile);
    return user;
  }

  /** As registration does, without a password. Nothing when the address has an account by now. */
  private async register(profile: SocialProfile, email: string, at: Date): Promise<User | undefined> {
    const name = profile.name ?? email.slice(0, email.indexOf('@'));
    const { locale } = currentCaller();
    const user = await this.users.add({
      id: newId(),
      email,
      name,
      locale,
      passwordHash: null,
      emailVerifiedAt: this.countsAsVerified(profile, email) ? at : null,
      platformRole: 'user',
      authProvider: profile.provider,
    });
    if (!user) return undefined;
    await this.tenancy.open(
      {
        id: newId(),
        slug: slugFor(name),
        name,
        kind: 'personal',
        businessName: null,
        country: DEFAULT_COUNTRY,
        locale,
        timezone: DEFAULT_TIMEZONE,
      },
      user.id,
    );
    await this.accounts.add(user.id, profile, at, at);
    if (!user.emailVerifiedAt) await this.mails.issue(user, 'verify_email', at);
    await this.recordLink(user, profile);
    return user;
  }

  /** C-07; an address that makes a super admin (C-03) takes more than a mail sent there at some time. */
  private countsAsVerified({ emailTrust }: SocialProfile, email: string): boolean {
    if (emailTrust !== 'verified') return emailTrust === 'authoritative';
    return !this.config.ADMIN_EMAIL.some((admin) => admin.toLowerCase() === email);
  }

  private async recordLink(user: User, { provider, emailTrust }: SocialProfile): Promise<void> {
    const [tenant] = await this.tenants.ofMember(user.id);
    await this.audit.record({
      action: 'social-account.linked',
      resourceType: 'user',
      resourceId: user.id,
      after: { provider, emailTrust },
      tenantId: tenant?.id ?? null,
      actorUserId: user.id,
    });
  }
}
