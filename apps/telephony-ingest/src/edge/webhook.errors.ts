import { AppError, NotFound, RateLimited, Unauthenticated } from '@parley/contracts';

/** One answer for wrong secrets, unknown tenants and claims that do not fit: a sender learns nothing from it. */
export class InvalidSignature extends Unauthenticated {
  constructor() {
    super('The signature does not match', 'INVALID_SIGNATURE');
  }
}

export class UnknownProvider extends NotFound {
  constructor() {
    super('No provider is known at this path');
  }
}

/** Kept all the same; the provider may send it again without harm. */
export class TooManyWebhooks extends RateLimited {
  constructor(retryAfterSeconds: number) {
    super(
      'Too many webhooks for this tenant; this one was kept and will be handled later',
      retryAfterSeconds,
    );
  }
}

/** Nothing was stored: the provider must send it again. */
export class IntakeUnavailable extends AppError {
  constructor(options?: ErrorOptions) {
    const details = { retryAfterSeconds: 1 };
    super('unavailable', 'DEPENDENCY_DOWN', 'Webhooks cannot be stored right now', details, options);
  }
}
