import type { MembershipRole } from '@parley/contracts';
import { NotYoursToChange, OwnerStays, RoleTooLow } from './membership.errors';

const RANK: Record<MembershipRole, number> = { user: 1, admin: 2, owner: 3 };

export const hasRole = (role: MembershipRole, least: MembershipRole): boolean => RANK[role] >= RANK[least];

/** @throws RoleTooLow */
export function demandRole(role: MembershipRole, least: MembershipRole): void {
  if (!hasRole(role, least)) throw new RoleTooLow();
}

/**
 * Whether someone may change or remove another member: admins those below them, the owner everybody else.
 * @throws OwnerStays, NotYoursToChange
 */
export function demandPowerOver(actor: MembershipRole, target: MembershipRole): void {
  if (target === 'owner') throw new OwnerStays();
  if (RANK[actor] <= RANK[target]) throw new NotYoursToChange();
}
