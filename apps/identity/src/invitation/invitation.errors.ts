import { Forbidden, Invalid, NotFound, RateLimited, Unauthenticated } from '@parley/contracts';

/** Unknown, expired, revoked, replaced or used: the holder need not know which. */
export class InvitationNotFound extends NotFound {
  constructor() {
    super('This invitation does not exist or is no longer open');
  }
}

export class InvitedSomebodyElse extends Forbidden {
  constructor() {
    super('This invitation is for another e-mail address');
  }
}

export class TooManyInvitationMails extends RateLimited {
  constructor() {
    super('This address was invited often enough for a while', 3600);
  }
}

export class SignInToAccept extends Unauthenticated {
  constructor() {
    super('The invited address has an account: sign in with it to accept');
  }
}

export class NewAccountIncomplete extends Invalid {
  constructor(missing: string[]) {
    super(
      `Invalid input: ${missing.join(', ')}`,
      missing.map((field) => ({ field, message: 'is needed to open an account' })),
    );
  }
}
