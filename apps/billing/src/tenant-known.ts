import { NotFound } from '@parley/contracts';
import type { Books } from './books/books';

/**
 * Locking made books for whoever was named; without news of the tenant nothing of that is kept.
 * @throws NotFound
 */
export function known({ tenant }: Books): void {
  if (!tenant.openedAt) throw new NotFound('There is no such tenant');
}
