import { Conflict, Invalid, NotFound } from '@parley/contracts';

export class PriceUnknown extends NotFound {
  constructor(code: string) {
    super(`There is no price of ${code} like that`, 'PRICE_UNKNOWN');
  }
}

export class NotForSale extends Invalid {
  constructor(code: string) {
    super(`Invalid input: ${code} is not for sale`, [{ field: 'priceCode', message: 'is not for sale' }]);
  }
}

export class SubscribedAlready extends Conflict {
  constructor(plan: string) {
    super(`There is a subscription to ${plan} already: change it instead`, 'STATE_CONFLICT', { plan });
  }
}

/** Nothing is lost: what comes of it is known in a moment. */
export class BeingSubscribed extends Conflict {
  constructor() {
    super('The subscription is being changed at this moment: look at it, and try again');
  }
}

export class TrialUsed extends Conflict {
  constructor() {
    super('There was a subscription before: trials are for new ones');
  }
}

export class NoSubscription extends NotFound {
  constructor() {
    super('There is no subscription like that');
  }
}

export class WhichSubscription extends Invalid {
  constructor() {
    super('Invalid input: productLine', [{ field: 'productLine', message: 'is needed: there are several' }]);
  }
}

export class IntervalWaits extends Conflict {
  constructor() {
    super('A shorter interval or a lower plan of another interval cannot wait for the end of the period');
  }
}
