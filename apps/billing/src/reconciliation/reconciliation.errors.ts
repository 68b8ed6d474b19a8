import { Conflict, NotFound } from '@parley/contracts';

export class RunInProgress extends Conflict {
  constructor() {
    super('A reconciliation runs already');
  }
}

export class RunUnknown extends NotFound {
  constructor() {
    super('There is no such run');
  }
}
