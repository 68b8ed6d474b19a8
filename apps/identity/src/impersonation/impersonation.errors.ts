import { Conflict, Forbidden, NotFound, Unauthenticated } from '@parley/contracts';

const FORBIDDEN = 'IMPERSONATION_FORBIDDEN';

/** No such person, or not a member of the tenant that is named. */
export class NobodyToImpersonate extends NotFound {
  constructor() {
    super('No such person in this tenant');
  }
}

export class ImpersonationNotFound extends NotFound {
  constructor() {
    super('No such impersonation');
  }
}

export class NotImpersonable extends Conflict {
  constructor() {
    super('Suspended people and tenants are not acted for');
  }
}

/** Platform rights are nobody else's to use. */
export class SuperAdminsStandAlone extends Forbidden {
  constructor() {
    super('Nobody acts as a super admin', FORBIDDEN);
  }
}

export class NotASuperAdmin extends Forbidden {
  constructor() {
    super('Only super admins act as others', FORBIDDEN);
  }
}

export class ImpersonationOver extends Unauthenticated {
  constructor() {
    super('This impersonation has ended');
  }
}

export class ReadOnlyImpersonation extends Forbidden {
  constructor() {
    super('This impersonation only looks', 'IMPERSONATION_READ_ONLY');
  }
}
