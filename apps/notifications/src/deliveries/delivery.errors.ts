import { Conflict, type DeliveryStatus, NotFound } from '@parley/contracts';

export class DeliveryNotFound extends NotFound {
  constructor() {
    super('No such webhook delivery');
  }
}

export class DeliveryUnderWay extends Conflict {
  constructor(status: DeliveryStatus) {
    super('The delivery is under way', 'STATE_CONFLICT', { status });
  }
}

export class DeliveryEndpointStopped extends Conflict {
  constructor(status: string) {
    super('Its endpoint is not active: activate it first', 'STATE_CONFLICT', { endpointStatus: status });
  }
}
