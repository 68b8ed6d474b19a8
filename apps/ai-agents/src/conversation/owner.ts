import { currentCaller } from '@parley/contracts';
import { NotAPerson } from './conversation.errors';

/** The person whose conversations the caller may see: their own, nobody else's. */
export function currentPerson(): string {
  const { userId } = currentCaller();
  if (!userId) throw new NotAPerson();
  return userId;
}
