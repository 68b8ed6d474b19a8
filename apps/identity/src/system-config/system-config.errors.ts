import { Conflict, Forbidden, Invalid, NotFound, ProviderFailed } from '@parley/contracts';

export class UnknownSystemConfig extends NotFound {
  constructor(key: string) {
    super(`There is no setting ${key}`);
  }
}

export class UnknownSystemConfigVersion extends NotFound {
  constructor(version: number) {
    super(`This setting has no version ${version}`);
  }
}

export class UnreadableVersion extends Conflict {
  constructor(version: number) {
    super(`Version ${version} does not open any more: it was changed in the database`);
  }
}

/** Somebody else was faster. */
export class SystemConfigMoved extends Conflict {
  constructor(current: number) {
    super(`Version ${current} is current: look at it, then change that`, 'STATE_CONFLICT', {
      currentVersion: current,
    });
  }
}

export class NothingToRemove extends Conflict {
  constructor() {
    super('The environment holds already');
  }
}

export class NotTestable extends Conflict {
  constructor(why: string) {
    super(why);
  }
}

/** What it is tested together with comes after it. */
export class NothingToTestWith extends NotTestable {}

export class RefusedByProvider extends Invalid {
  constructor(outcome: string) {
    super('The provider does not accept this value', [{ field: 'value', message: outcome }]);
  }
}

export class NotTested extends ProviderFailed {
  constructor(outcome: string) {
    super(`The value could not be tested and was not saved: ${outcome}. skipTest saves it all the same`);
  }
}

export class ForServicesOnly extends Forbidden {
  constructor() {
    super('Only services may ask this');
  }
}
