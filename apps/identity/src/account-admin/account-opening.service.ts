import { Inject, Injectable } from '@nestjs/common';
import { type Locale, newId } from '@parley/contracts';
import { EmailTaken } from '../account/account.errors';
import { normalizeEmail, type User, UserRepository } from '../account/user.repository';
import { VerificationMails } from '../verification/verification-mails.service';

export interface NewPerson {
  email: string;
  name: string;
  locale: Locale;
}

/** Accounts that administrators open for others, in the open system transaction. */
@Injectable()
export class AccountOpening {
  constructor(
    @Inject(UserRepository) private readonly users: UserRepository,
    @Inject(VerificationMails) private readonly mails: VerificationMails,
  ) {}

  /** Without a password, and verified (C-07): only who reads the mail can choose one. @throws EmailTaken */
  async open({ email, name, locale }: NewPerson, at: Date): Promise<User> {
    const user = await this.users.add({
      id: newId(),
      email: normalizeEmail(email),
      name: name.trim(),
      locale,
      passwordHash: null,
      emailVerifiedAt: at,
      platformRole: 'user',
    });
    if (!user) throw new EmailTaken();
    return user;
  }

  mailPasswordLink(user: User, tenantName: string, at: Date): Promise<void> {
    return this.mails.issue(user, 'set_password', at, tenantName);
  }
}
