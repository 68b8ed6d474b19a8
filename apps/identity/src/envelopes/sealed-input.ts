import { AppError, Invalid } from '@parley/contracts';
import type { SecretExchange } from '@parley/platform';

/** @throws Invalid when it does not open, Unavailable without CONFIG_EXCHANGE_KEY */
export function openSealed(
  exchange: SecretExchange,
  sealed: string,
  purpose: string,
  field: string,
): unknown {
  try {
    return exchange.open(sealed, purpose);
  } catch (error) {
    if (error instanceof AppError) throw error;
    throw new Invalid(`Invalid input: ${field}`, [
      { field, message: 'was not sealed for this, or not by us' },
    ]);
  }
}
