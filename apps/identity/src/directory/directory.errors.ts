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

export class LocksYouOut extends Conflict {
  constructor() {
    super('You would suspend yourself: ask another super admin');
  }
}
