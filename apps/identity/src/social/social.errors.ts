import {
  AppError,
  Conflict,
  Forbidden,
  Invalid,
  NotFound,
  ProviderFailed,
  TimedOut,
  Unauthenticated,
} from '@parley/contracts';

export class ProviderNotConfigured extends AppError {
  constructor(provider: string) {
    super('unprocessable', 'PROVIDER_NOT_CONFIGURED', `Sign-in with ${provider} is not set up here`);
  }
}

export class RedirectNotAllowed extends Invalid {
  constructor() {
    super('Invalid input: redirectUri', [
      { field: 'redirectUri', message: 'must be one of the configured pages, exactly' },
    ]);
  }
}

/** Unknown, used, expired, of another provider or of another browser: the person has to start again. */
export class InvalidSocialState extends Unauthenticated {
  constructor() {
    super('This sign-in was not started in this browser, or is over: start again');
  }
}

/** Forged, expired, used or for somebody else: what was presented proves nothing. */
export class ProofRefused extends Unauthenticated {
  constructor(readonly reason: string) {
    super('The provider does not confirm this sign-in: start again');
  }
}

export class ConsentDenied extends Unauthenticated {
  constructor() {
    super('The sign-in was cancelled at the provider', 'INVALID_CREDENTIALS');
  }
}

export class SocialProviderFailed extends ProviderFailed {
  constructor(provider: string, cause: unknown) {
    super(`${provider} could not be asked: try again later`, { cause });
  }
}

export class SocialProviderTimedOut extends TimedOut {
  constructor(provider: string) {
    super(`${provider} did not answer in time: try again later`);
  }
}

/** The account must exist and be proven by its owner before anything is joined to it. */
export class SignInToLink extends Conflict {
  constructor() {
    super(
      'An account with this e-mail address exists: sign in to it, then link this provider',
      'SIGN_IN_TO_LINK',
    );
  }
}

export class EmailRequired extends AppError {
  constructor() {
    super(
      'unprocessable',
      'EMAIL_REQUIRED',
      'The provider told no e-mail address: share it there, or register and link the provider',
    );
  }
}

export class LinkedElsewhere extends Conflict {
  constructor() {
    super('This sign-in belongs to another account', 'DUPLICATE');
  }
}

export class ProviderTaken extends Conflict {
  constructor() {
    super('Another account of this provider is linked: unlink it first');
  }
}

export class NotLinked extends NotFound {
  constructor() {
    super('No account of this provider is linked');
  }
}

export class LastWayIn extends Conflict {
  constructor() {
    super('This is the only way to sign in: set a password first', 'LAST_SIGN_IN_METHOD');
  }
}

export class SignInAgain extends Forbidden {
  constructor(minutes: number) {
    super(`Sign in again: this needs a sign-in of the last ${minutes} minutes`, 'REAUTHENTICATION_REQUIRED');
  }
}
