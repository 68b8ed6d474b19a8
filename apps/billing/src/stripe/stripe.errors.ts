import { AppError, NotFound, PaymentRequired, ProviderFailed, Unavailable } from '@parley/contracts';
import Stripe from 'stripe';

/** The card was refused. */
export class CardDeclined extends PaymentRequired {
  constructor(
    readonly reason: string,
    cause: Error,
  ) {
    super('The card was declined: use another one', 'PAYMENT_FAILED');
    this.cause = cause;
  }
}

/** We asked more often than Stripe answers: nothing was done, and waiting helps. */
export class StripeBusy extends Unavailable {}

/** Stripe does not know what we asked for. */
export class StripeObjectUnknown extends NotFound {}

/** Stripe’s texts may hold ids and addresses: they stay in the cause, for the log. */
export function refusalOf(error: unknown): unknown {
  if (!(error instanceof Stripe.errors.StripeError)) return error;
  const { StripeCardError, StripeConnectionError, StripeRateLimitError } = Stripe.errors;
  if (error instanceof StripeCardError)
    return new CardDeclined(error.decline_code ?? error.code ?? 'declined', error);
  if (error.code === 'resource_missing') {
    const refusal = new StripeObjectUnknown('Stripe does not know it');
    refusal.cause = error;
    return refusal;
  }
  if (error instanceof StripeRateLimitError)
    return new StripeBusy('The payment provider is busy', { cause: error });
  if (error instanceof StripeConnectionError)
    return new Unavailable('The payment provider cannot be reached', { cause: error });
  if ((error.statusCode ?? 0) >= 500)
    return new Unavailable('The payment provider is not available', { cause: error });
  return new ProviderFailed('The payment provider refused the request', { cause: error });
}

export const isUnknownAtStripe = (error: unknown): boolean => error instanceof StripeObjectUnknown;

export const isRefusal = (error: unknown): error is AppError => error instanceof AppError;
