import { afterFailure, lockedForSeconds, type LoginGuard, OPEN_GUARD } from './lockout';

const START = Date.parse('2026-11-20T14:00:00.000Z');
const minute = (minutes: number): Date => new Date(START + minutes * 60_000);
const failAt = (...minutes: number[]): LoginGuard =>
  minutes.reduce((guard, each) => afterFailure(guard, minute(each)), OPEN_GUARD);

describe('lockout', () => {
  it('leaves four failures open', () => {
    expect(lockedForSeconds(failAt(0, 1, 2, 3), minute(3))).toBe(0);
  });

  it('locks for 15 minutes at the fifth failure in 15 minutes', () => {
    const guard = failAt(0, 1, 2, 3, 14);
    expect(lockedForSeconds(guard, minute(14))).toBe(900);
    expect(lockedForSeconds(guard, minute(28))).toBe(60);
    expect(lockedForSeconds(guard, minute(29))).toBe(0);
  });

  it('forgets failures older than 15 minutes', () => {
    expect(lockedForSeconds(failAt(0, 1, 2, 3, 15), minute(15))).toBe(0);
  });

  it('stays locked whatever fails meanwhile', () => {
    const locked = failAt(0, 0, 0, 0, 0);
    expect(afterFailure(locked, minute(5))).toBe(locked);
  });

  it('takes another limit', () => {
    const failures = Array.from({ length: 6 }, () => minute(0));
    const guard = failures.reduce((each, at) => afterFailure(each, at, 7), OPEN_GUARD);
    expect(lockedForSeconds(guard, minute(0))).toBe(0);
    expect(lockedForSeconds(afterFailure(guard, minute(0), 7), minute(0))).toBe(900);
  });

  it('counts anew after a lock', () => {
    const locked = failAt(0, 0, 0, 0, 0);
    expect(lockedForSeconds(afterFailure(locked, minute(16)), minute(16))).toBe(0);
  });
});
