import { Conflict, Forbidden, NotFound, RateLimited, Unauthenticated } from '@parley/contracts';

/** The same for an unknown address as for a wrong password. */
export class InvalidCredentials extends Unauthenticated {
  constructor() {
    super('E-mail or password is wrong', 'INVALID_CREDENTIALS');
  }
}

export class AccountLocked extends RateLimited {
  constructor(retryAfterSeconds: number) {
    super(
      'Too many failed attempts: this account is locked for a while',
      retryAfterSeconds,
      'ACCOUNT_LOCKED',
    );
  }
}

export class AccountSuspended extends Forbidden {
  constructor() {
    super('This account is suspended', 'ACCOUNT_SUSPENDED');
  }
}

/** C-07: unless REQUIRE_VERIFIED_EMAIL says otherwise. */
export class EmailNotVerified extends Forbidden {
  constructor() {
    super('Follow the link that was mailed to this address, then sign in', 'EMAIL_NOT_VERIFIED');
  }
}

export class NotAMember extends Forbidden {
  constructor() {
    super('You are not a member of this tenant');
  }
}

/** Somebody else's sessions are as unknown as those that never were. */
export class UnknownSession extends NotFound {
  constructor() {
    super('There is no such session');
  }
}

/** A switch makes a new session: not one that differs from the last in nothing but its tokens. */
export class AlreadyThere extends Conflict {
  constructor() {
    super('This session is in that tenant already');
  }
}

/** Unknown, expired, revoked or reused: the holder must sign in again and need not know which. */
export class InvalidRefreshToken extends Unauthenticated {
  constructor() {
    super('This refresh token is not valid: sign in again');
  }
}
