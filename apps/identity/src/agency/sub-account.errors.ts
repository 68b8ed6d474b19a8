import { Conflict, Forbidden, NotFound } from '@parley/contracts';

/** Other agencies' clients are as unknown as those that never were. */
export class SubAccountNotFound extends NotFound {
  constructor() {
    super('No such sub-account');
  }
}

export class NotAnAgency extends Forbidden {
  constructor() {
    super('Only agencies have sub-accounts');
  }
}

export class TooManySubAccounts extends Conflict {
  constructor(most: number) {
    super(`An agency has at most ${most} sub-accounts`);
  }
}

export class SuspendedByPlatform extends Conflict {
  constructor() {
    super('The platform suspended this sub-account: only the platform lifts that');
  }
}
