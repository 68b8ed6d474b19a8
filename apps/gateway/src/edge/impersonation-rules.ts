import type { ImpersonationMode } from '@parley/contracts';
import type { Permission } from './permissions';

/**
 * What a super admin acting as somebody else may do with a permission the person holds (C-88):
 * - `mode`: as the grant says: look, or also change;
 * - `look`: look only, whatever the grant says;
 * - `always`: also under a grant that only looks; ends the impersonation itself;
 * - `never`: nothing. Keys, passwords, second factors, sessions, payouts, roles, exports, erasure, platform.
 */
export type ImpersonationRule = 'mode' | 'look' | 'always' | 'never';

const RULES: Readonly<Record<Permission, ImpersonationRule>> = {
  'account:read': 'look',
  // How the person signs in: factors, addresses, linked accounts. Name and language are their profile.
  'account:write': 'never',
  'profile:write': 'mode',
  'password:write': 'never',
  'session:end': 'always',
  'sessions:read': 'never',
  'sessions:write': 'never',
  'service-tokens:read': 'never',
  'service-tokens:write': 'never',
  'audit:read': 'look',
  'platform-audit:read': 'never',
  'impersonations:read': 'look',
  'impersonations:admin': 'never',
  'tenants:create': 'never',
  'tenant:leave': 'never',
  'tenant:transfer': 'never',
  'members:read': 'look',
  'users:read': 'look',
  'tenant:write': 'never',
  'sub-accounts:read': 'look',
  'sub-accounts:write': 'never',
  'onboarding:read': 'mode',
  'onboardings:admin': 'never',
  'members:write': 'never',
  'privacy:read': 'never',
  'privacy:write': 'never',
  // What is older goes for good.
  'retention:write': 'never',
  'settings:read': 'mode',
  'settings:write': 'mode',
  'calls:read': 'mode',
  'messages:read': 'mode',
  'numbers:read': 'mode',
  'numbers:write': 'mode',
  'integrations:read': 'look',
  'integrations:write': 'never',
  'credits:read': 'mode',
  'billing:read': 'mode',
  // Subscribing, buying and leaving: the tenant's money.
  'billing:manage': 'never',
  'billing:admin': 'never',
  'quotas:write': 'never',
  'reconciliation:admin': 'never',
  'referrals:read': 'look',
  'referrals:write': 'never',
  'referrals:admin': 'never',
  'catalogue:admin': 'never',
  'mfa-policy:write': 'never',
  'system-config:read': 'never',
  'system-config:write': 'never',
  'analytics:read': 'mode',
  'analytics:recompute': 'mode',
  'webhooks:read': 'mode',
  // Endpoints come with signing keys, and send a tenant's data where they are told to.
  'webhooks:write': 'never',
  'personas:read': 'mode',
  'conversations:read': 'mode',
  'conversations:write': 'mode',
  'tenants:admin': 'never',
  'users:admin': 'never',
  'journal:read': 'never',
  'journal:replay': 'never',
  'dead-letters:read': 'never',
  'dead-letters:write': 'never',
};

/** A permission that nobody classified is out of reach; so is a change by a route that is open to the world. */
export function ruleOf(permission: Permission | undefined): ImpersonationRule {
  if (permission === undefined) return 'look';
  return (RULES as Readonly<Partial<Record<string, ImpersonationRule>>>)[permission] ?? 'never';
}

export const classified = (): string[] => Object.keys(RULES);

/** What comes of a request: `record` it first, just let it `pass`, or refuse it. */
export type ImpersonationVerdict = 'pass' | 'record' | 'forbidden' | 'read-only';

/** What a request leaves behind: nothing, a sign that somebody is there, or a change. */
export type Effect = 'looks' | 'shows' | 'changes';

export function judgeImpersonated(
  rule: ImpersonationRule,
  mode: ImpersonationMode,
  effect: Effect,
): ImpersonationVerdict {
  if (rule === 'never') return 'forbidden';
  if (rule === 'always' || effect === 'looks') return 'pass';
  if (rule === 'look') return 'forbidden';
  if (mode !== 'write') return 'read-only';
  return effect === 'changes' ? 'record' : 'pass';
}

/** GET and HEAD look; every other method may change something. */
export const effectOfMethod = (method: string): Effect =>
  method === 'GET' || method === 'HEAD' ? 'looks' : 'changes';

const SOCKET_EVENTS: Readonly<Record<string, Effect>> = {
  message: 'changes',
  'message:cancel': 'changes',
  'conversation:join': 'looks',
  'conversation:leave': 'looks',
  'conversation:list': 'looks',
  'conversation:load': 'looks',
  'conversation:new': 'changes',
  'agent:list': 'looks',
  'agent:select': 'looks',
  'typing:start': 'shows',
  'typing:stop': 'shows',
  'auth:refresh': 'looks',
};

/** Of a socket's event; what nobody classified changes something. */
export const effectOfEvent = (event: string): Effect => SOCKET_EVENTS[event] ?? 'changes';

export const classifiedEvents = (): string[] => Object.keys(SOCKET_EVENTS);
