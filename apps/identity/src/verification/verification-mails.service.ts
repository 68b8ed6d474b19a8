import { Inject, Injectable, Logger, type OnModuleInit } from '@nestjs/common';
import { type EmailRequestedV1, emailRequestedV1, newId } from '@parley/contracts';
import { Jobs, Outbox } from '@parley/messaging';
import { Database } from '@parley/persistence';
import { CONFIG } from '@parley/platform';
import { normalizeEmail, type User, UserRepository } from '../account/user.repository';
import type { IdentityConfig } from '../config';
import { SocialAccountRepository } from '../social/social-account.repository';
import { accountMail, type AccountMailAbout } from './account-mail.job';
import { type MailLinks, mailLinks, signInPage } from './mail-links';
import { hashOfToken, newVerificationToken, type TokenPurpose } from './verification-token';
import { VerificationTokenRepository } from './verification-token.repository';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/** Mails of one kind to one person: others may ask for them, and must not fill a mailbox that way. */
const MAILS_PER_HOUR = 5;

/** So long an expired token can still be told from one that never was. */
const KEEP_TOKENS_DAYS = 7;

/** Asks notifications for mails about accounts, with the tokens in their links. */
@Injectable()
export class VerificationMails implements OnModuleInit {
  private readonly logger = new Logger(VerificationMails.name);
  private readonly linkTo: MailLinks;

  constructor(
    @Inject(CONFIG) private readonly config: IdentityConfig,
    @Inject(Database) private readonly db: Database,
    @Inject(Jobs) private readonly jobs: Jobs,
    @Inject(Outbox) private readonly outbox: Outbox,
    @Inject(UserRepository) private readonly users: UserRepository,
    @Inject(SocialAccountRepository) private readonly socialAccounts: SocialAccountRepository,
    @Inject(VerificationTokenRepository) private readonly tokens: VerificationTokenRepository,
  ) {
    this.linkTo = mailLinks(config);
  }

  onModuleInit(): void {
    this.jobs.handle(accountMail, ({ purpose, email }) => this.sendTo(email, purpose));
    this.jobs.schedule('identity.verification-tokens', '37 * * * *', () => this.sweep());
  }

  /** Whoever has this address gets a mail, some moments later; the same work whether anybody has it. */
  async request(typed: string, purpose: AccountMailAbout): Promise<void> {
    const email = normalizeEmail(typed);
    await this.db.system('mail about an account', () =>
      this.jobs.enqueue(accountMail, { purpose, email }, { key: `${purpose}:${email}` }),
    );
  }

  /** Makes a token and asks for the mail with it, in the open system transaction. */
  async issue(user: User, purpose: TokenPurpose, at: Date, tenantName?: string): Promise<void> {
    // Whoever follows the link keeps what is linked to the account, so the mail says what that is.
    const [linked] = purpose === 'verify_email' ? await this.socialAccounts.ofUser(user.id) : [];
    await this.add(user, purpose, at, {
      template: purpose,
      ...(tenantName ? { tenantName } : {}),
      ...(linked ? { provider: linked.provider } : {}),
    });
  }

  /** Asks for the mail with an invitation's link, in the open transaction. */
  async invite(mail: Omit<EmailRequestedV1, 'name' | 'template' | 'link'>, token: string): Promise<void> {
    await this.outbox.add(
      emailRequestedV1,
      {
        ...mail,
        name: mail.to,
        template: 'invitation',
        link: this.linkTo('invitation', token),
      },
      { subject: mail.userId },
    );
  }

  /** Tells the owner of an account, in the open transaction, so that a thief does not go unnoticed. */
  async tell(user: User, template: 'password_changed' | 'session_reused'): Promise<void> {
    await this.outbox.add(emailRequestedV1, { ...addressed(user), template }, { subject: user.id });
  }

  async sweep(): Promise<void> {
    const before = new Date(Date.now() - KEEP_TOKENS_DAYS * DAY_MS);
    await this.db.system('expired verification tokens', () => this.tokens.prune(before));
  }

  private async add(
    user: User,
    purpose: TokenPurpose,
    at: Date,
    mail: Pick<EmailRequestedV1, 'template' | 'tenantName' | 'signInLink' | 'provider'>,
  ): Promise<void> {
    const token = newVerificationToken();
    const validMinutes = this.minutesOf(purpose);
    const expiresAt = new Date(at.getTime() + validMinutes * 60_000);
    const hash = hashOfToken(token);
    await this.tokens.add({ id: newId(), userId: user.id, purpose, hash, createdAt: at, expiresAt });
    const link = this.linkTo(purpose, token);
    await this.outbox.add(
      emailRequestedV1,
      { ...addressed(user), ...mail, link, validMinutes },
      { subject: user.id },
    );
  }

  private minutesOf(purpose: TokenPurpose): number {
    const { VERIFY_TOKEN_HOURS, SET_PASSWORD_TOKEN_HOURS, RESET_TOKEN_MINUTES } = this.config;
    if (purpose === 'reset_password') return RESET_TOKEN_MINUTES;
    return 60 * (purpose === 'verify_email' ? VERIFY_TOKEN_HOURS : SET_PASSWORD_TOKEN_HOURS);
  }

  private async sendTo(email: string, about: AccountMailAbout): Promise<void> {
    const at = new Date();
    await this.db.system('mail about an account', async () => {
      const user = await this.users.findByEmail(email);
      if (!user || user.status !== 'active') return;
      if (about === 'verify_email' && user.emailVerifiedAt) return;
      // Whoever registers again gets no password of theirs into an account that waits: the link chooses a new one.
      const purpose = about === 'registration_attempted' ? 'reset_password' : about;
      const recent = await this.tokens.countSince(user.id, purpose, new Date(at.getTime() - HOUR_MS));
      if (recent >= MAILS_PER_HOUR) {
        this.logger.warn({ userId: user.id, about }, 'too many mails asked for: none sent');
      } else if (about === 'registration_attempted') {
        await this.add(user, purpose, at, { template: about, signInLink: signInPage(this.config) });
      } else {
        await this.issue(user, about, at);
      }
    });
  }
}

const addressed = ({ id, email, locale, name }: User) => ({ userId: id, to: email, locale, name });
