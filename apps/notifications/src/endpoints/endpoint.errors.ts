import { Conflict, Invalid, NotFound } from '@parley/contracts';

export class EndpointNotFound extends NotFound {
  constructor() {
    super('No such webhook endpoint');
  }
}

export class TooManyEndpoints extends Conflict {
  constructor(limit: number) {
    super(`A tenant may have ${limit} webhook endpoints`, 'STATE_CONFLICT', { limit });
  }
}

export class EndpointNotActive extends Conflict {
  constructor() {
    super('The endpoint is not active: activate it first');
  }
}

/** One faulty field that only the service can judge. */
export class EndpointFieldInvalid extends Invalid {
  constructor(field: string, message: string) {
    super(`Invalid input: ${field}`, [{ field, message }]);
  }
}
