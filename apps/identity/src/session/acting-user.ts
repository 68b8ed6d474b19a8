import { currentCaller, Forbidden, Unauthenticated } from '@parley/contracts';

export interface ActingUser {
  userId: string;
  tenantId: string;
  sessionId: string | undefined;
}

/**
 * The signed-in person, in person: roles and memberships are not for impersonators to change (BR-011).
 * @throws Unauthenticated, Forbidden
 */
export function actingInPerson(): ActingUser {
  const { userId, tenantId, sessionId, impersonatorId } = currentCaller();
  if (!userId || !tenantId) throw new Unauthenticated('Sign in first');
  if (impersonatorId) throw new Forbidden('This cannot be done while acting as somebody else');
  return { userId, tenantId, sessionId };
}
