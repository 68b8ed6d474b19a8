import { currentCaller } from '@parley/contracts';
import { PersonRequired } from './referral.errors';

/** @throws PersonRequired when a service token or nobody asks */
export function personOfCaller(): string {
  const { userId } = currentCaller();
  if (!userId) throw new PersonRequired();
  return userId;
}
