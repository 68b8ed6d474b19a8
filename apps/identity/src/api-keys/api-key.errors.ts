import { Conflict, Forbidden, Invalid, NotFound, Unauthenticated } from '@parley/contracts';

/** Unknown, expired, revoked or of a tenant that may not act: the holder need not know which. */
export class InvalidApiKey extends Unauthenticated {
  constructor() {
    super('This service token is not valid');
  }
}

export class ForeignNetwork extends Forbidden {
  constructor() {
    super('This service token may not be used from this network');
  }
}

export class UnknownServiceToken extends NotFound {
  constructor() {
    super('There is no such service token');
  }
}

export class TooManyServiceTokens extends Conflict {
  constructor(most: number) {
    super(`A tenant has ${most} service tokens at most: revoke one first`);
  }
}

export class InvalidNetworks extends Invalid {
  constructor(faulty: readonly number[]) {
    super(
      'Invalid input: networks',
      faulty.map((index) => ({ field: `networks.${index}`, message: 'must be a network in CIDR form' })),
    );
  }
}

export class ExpiryPassed extends Invalid {
  constructor() {
    super('Invalid input: expiresAt', [{ field: 'expiresAt', message: 'must lie ahead' }]);
  }
}

/** Service tokens outlive an impersonation: nobody makes or breaks them as somebody else. */
export class NotWhileImpersonating extends Forbidden {
  constructor() {
    super('Service tokens cannot be managed while impersonating');
  }
}
