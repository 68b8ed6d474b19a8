import type { AuthMethod, PasskeyAssertion } from '@parley/contracts';
import { OneAnswerOnly } from './mfa.errors';

/** What somebody answers when they are asked for a second factor. */
export interface FactorAnswer {
  code?: string;
  recoveryCode?: string;
  passkey?: PasskeyAssertion;
}

/**
 * - `proved`: by this method.
 * - `wrong`: a guess, to be counted.
 * - `cloned`: the key is right and its counter is not; two authenticators hold it.
 */
export type FactorVerdict =
  { kind: 'proved'; method: AuthMethod } | { kind: 'wrong' } | { kind: 'cloned'; passkeyId: string };

export const WRONG: FactorVerdict = { kind: 'wrong' };

/** @throws OneAnswerOnly unless exactly one of the fields is there */
export function demandOne<Field extends string>(
  request: Partial<Record<Field, unknown>>,
  fields: readonly Field[],
): void {
  if (fields.filter((field) => request[field] !== undefined).length !== 1) throw new OneAnswerOnly(fields);
}
