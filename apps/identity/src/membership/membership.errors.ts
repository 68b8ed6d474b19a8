import { Conflict, Forbidden, NotFound, PaymentRequired } from '@parley/contracts';

export class MemberNotFound extends NotFound {
  constructor() {
    super('No such member');
  }
}

export class TenantNotFound extends NotFound {
  constructor() {
    super('No such tenant');
  }
}

export class NotYoursToChange extends Forbidden {
  constructor() {
    super('Only the owner changes or removes admins');
  }
}

export class RoleTooLow extends Forbidden {
  constructor() {
    super('Your role does not allow this');
  }
}

export class OwnerStays extends Conflict {
  constructor() {
    super('A tenant keeps its owner: transfer the ownership first');
  }
}

export class PersonalTenantStays extends Conflict {
  constructor() {
    super('A personal tenant stays with its person: only companies are transferred');
  }
}

export class AgencyStays extends Conflict {
  constructor() {
    super('People of the agency have their role by working for it: only the agency changes it');
  }
}

export class AlreadyMember extends Conflict {
  constructor() {
    super('This person is a member already', 'DUPLICATE');
  }
}

/** The number of seats comes with the plan. */
export class SeatsTaken extends PaymentRequired {
  constructor() {
    super('Every seat of this tenant is taken', 'PLAN_REQUIRED');
  }
}
