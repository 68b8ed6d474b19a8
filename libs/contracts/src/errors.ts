/**
 * Kinds of refusal. A kind decides the HTTP status at the edge and the outcome of a message; the code says
 * which refusal it is (REQUIREMENTS 4.4).
 */
export const ERROR_STATUS = {
  invalid: 400,
  unauthenticated: 401,
  paymentRequired: 402,
  forbidden: 403,
  notFound: 404,
  conflict: 409,
  tooLarge: 413,
  uriTooLong: 414,
  unsupported: 415,
  unprocessable: 422,
  rateLimited: 429,
  internal: 500,
  provider: 502,
  unavailable: 503,
  timeout: 504,
} as const;

export type ErrorKind = keyof typeof ERROR_STATUS;

/** One faulty input field, by its path in the request (`items.0.phone`). */
export interface FieldFault {
  field: string;
  message: string;
}

export type ErrorDetails = FieldFault[] | Record<string, unknown>;

/** How an error travels between services. */
export interface WireError {
  kind: ErrorKind;
  code: string;
  message: string;
  details?: ErrorDetails;
}

/** Base of every expected refusal. Features derive from the kinds below with their own code and facts. */
export class AppError extends Error {
  constructor(
    readonly kind: ErrorKind,
    readonly code: string,
    message: string,
    readonly details?: ErrorDetails,
    options?: ErrorOptions,
  ) {
    super(message, options);
    this.name = new.target.name;
  }

  get status(): number {
    return ERROR_STATUS[this.kind];
  }
}

export class Invalid extends AppError {
  constructor(message: string, details?: ErrorDetails, code = 'VALIDATION_FAILED') {
    super('invalid', code, message, details);
  }
}

export class Unauthenticated extends AppError {
  constructor(message: string, code = 'INVALID_TOKEN') {
    super('unauthenticated', code, message);
  }
}

export class Forbidden extends AppError {
  constructor(message: string, code = 'FORBIDDEN') {
    super('forbidden', code, message);
  }
}

export class NotFound extends AppError {
  constructor(message = 'Not found', code = 'NOT_FOUND') {
    super('notFound', code, message);
  }
}

export class Conflict extends AppError {
  constructor(message: string, code = 'STATE_CONFLICT', details?: ErrorDetails) {
    super('conflict', code, message, details);
  }
}

export class PaymentRequired extends AppError {
  constructor(message: string, code = 'CREDITS_EXHAUSTED') {
    super('paymentRequired', code, message);
  }
}

export class RateLimited extends AppError {
  /** @param retryAfterSeconds told to the caller in `Retry-After`. */
  constructor(message: string, retryAfterSeconds: number, code = 'RATE_LIMITED') {
    super('rateLimited', code, message, { retryAfterSeconds });
  }
}

/** A provider answered with an error or not at all. */
export class ProviderFailed extends AppError {
  constructor(message: string, options?: ErrorOptions) {
    super('provider', 'PROVIDER_ERROR', message, undefined, options);
  }
}

/** Something of ours that this work depends on is away; trying again later may help. */
export class Unavailable extends AppError {
  constructor(message: string, options?: ErrorOptions) {
    super('unavailable', 'DEPENDENCY_DOWN', message, undefined, options);
  }
}

export class TimedOut extends AppError {
  constructor(message: string) {
    super('timeout', 'UPSTREAM_TIMEOUT', message);
  }
}

/** Unexpected errors lose their text on the way out: it may hold personal data or SQL. */
export function toWireError(error: unknown): WireError {
  if (!(error instanceof AppError)) {
    return { kind: 'internal', code: 'INTERNAL', message: 'Internal error' };
  }
  const { kind, code, message, details } = error;
  return details === undefined ? { kind, code, message } : { kind, code, message, details };
}

export function fromWireError(wire: WireError): AppError {
  return new AppError(wire.kind, wire.code, wire.message, wire.details);
}
