/** A refusal as Stripe words it; the SDK makes its error classes of these. */
export class StripeRefusal extends Error {
  constructor(
    readonly status: number,
    readonly type: 'invalid_request_error' | 'card_error' | 'idempotency_error' | 'api_error',
    readonly code: string | undefined,
    message: string,
    readonly more: { param?: string; decline_code?: string; payment_intent?: object } = {},
  ) {
    super(message);
  }

  get body(): object {
    const { type, code, message, more } = this;
    return { error: { type, ...(code ? { code } : {}), message, ...more } };
  }
}

export const missing = (what: string, id: string, param = 'id'): StripeRefusal =>
  new StripeRefusal(404, 'invalid_request_error', 'resource_missing', `No such ${what}: '${id}'`, { param });

export const invalid = (message: string, param?: string, code?: string): StripeRefusal =>
  new StripeRefusal(400, 'invalid_request_error', code, message, param ? { param } : {});

export const required = (param: string): StripeRefusal =>
  invalid(`Missing required param: ${param}.`, param, 'parameter_missing');
