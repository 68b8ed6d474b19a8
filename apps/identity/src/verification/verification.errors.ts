import { Conflict, Unauthenticated } from '@parley/contracts';

/** Unknown, expired or used: whoever holds it needs a new one and need not know which. */
export class InvalidMailToken extends Unauthenticated {
  constructor() {
    super('This link is not valid any more: ask for a new one');
  }
}

export class AlreadyVerified extends Conflict {
  constructor() {
    super('This address is verified already');
  }
}

export class WrongPassword extends Unauthenticated {
  constructor() {
    super('The current password is wrong', 'INVALID_CREDENTIALS');
  }
}
