import { SOCKET_HANDLERS } from '../live/socket-handlers';
import {
  effectOfEvent,
  effectOfMethod,
  classified,
  classifiedEvents,
  judgeImpersonated,
  ruleOf,
} from './impersonation-rules';
import { type Permission, PERMISSIONS } from './permissions';

describe('what an impersonator may do', () => {
  it('is said of every permission, and of no other', () => {
    expect(classified().sort()).toEqual(Object.keys(PERMISSIONS).sort());
  });

  it('is said of every event a socket may send', () => {
    expect(classifiedEvents().sort()).toEqual([...Object.keys(SOCKET_HANDLERS), 'auth:refresh'].sort());
  });

  it('is nothing with a permission or an event nobody has heard of', () => {
    expect(ruleOf('payouts:write' as Permission)).toBe('never');
    expect(effectOfEvent('payout:request')).toBe('changes');
  });

  it.each([
    'account:write',
    'password:write',
    'sessions:write',
    'service-tokens:write',
    'integrations:write',
    'members:write',
    'webhooks:write',
    'tenant:transfer',
    'impersonations:admin',
  ] as const)('is never %s', (permission) => {
    expect(judgeImpersonated(ruleOf(permission), 'write', 'changes')).toBe('forbidden');
  });

  it('never reaches what belongs to the platform', () => {
    const platform = Object.entries(PERMISSIONS).filter(([, least]) => least === 'super_admin');
    expect(platform.map(([permission]) => ruleOf(permission as Permission))).toEqual(
      platform.map(() => 'never'),
    );
  });

  it.each([
    ['mode', 'read', 'GET', 'pass'],
    ['mode', 'read', 'HEAD', 'pass'],
    ['mode', 'read', 'PUT', 'read-only'],
    ['mode', 'write', 'PUT', 'record'],
    ['mode', 'write', 'GET', 'pass'],
    ['look', 'write', 'GET', 'pass'],
    ['look', 'write', 'POST', 'forbidden'],
    ['never', 'write', 'GET', 'forbidden'],
    ['always', 'read', 'POST', 'pass'],
  ] as const)('with rule %s and mode %s, %s is: %s', (rule, mode, method, verdict) => {
    expect(judgeImpersonated(rule, mode, effectOfMethod(method))).toBe(verdict);
  });

  it('is shown to others when it may write, without a record of every key pressed', () => {
    expect(judgeImpersonated('mode', 'read', effectOfEvent('typing:start'))).toBe('read-only');
    expect(judgeImpersonated('mode', 'write', effectOfEvent('typing:start'))).toBe('pass');
  });

  it('by a route open to the world is looking only', () => {
    expect(judgeImpersonated(ruleOf(undefined), 'write', 'changes')).toBe('forbidden');
  });
});
