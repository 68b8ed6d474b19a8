import { AppError, Conflict, NotFound } from '@parley/contracts';

export class PaymentUnknown extends NotFound {
  constructor() {
    super('There is no such payment');
  }
}

export class NothingToReview extends Conflict {
  constructor() {
    super('This payment does not wait for a decision');
  }
}

export class NotPayable extends Conflict {
  constructor(what: string) {
    super(`This payment ${what}`);
  }
}

export class MoreThanIsLeft extends AppError {
  constructor(leftCents: number) {
    super('unprocessable', 'REFUND_TOO_LARGE', 'More than is left of the payment cannot be refunded', {
      leftCents,
    });
  }
}
