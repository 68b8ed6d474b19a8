import { Conflict, NotFound } from '@parley/contracts';

export class SubjectNotFound extends NotFound {
  constructor() {
    super('No such tenant or person');
  }
}

export class NotInThisState extends Conflict {
  constructor(status: string) {
    super(`This cannot be done while it is ${status}`);
  }
}

export class NoAgency extends Conflict {
  constructor() {
    super('Only companies of their own are agencies, and one that has sub-accounts stays one');
  }
}

export class LocksYouOut extends Conflict {
  constructor() {
    super('You would suspend yourself: ask another super admin');
  }
}
