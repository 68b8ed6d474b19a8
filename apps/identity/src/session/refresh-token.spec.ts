import { hashOf, judgeRefresh, newRefreshToken, openSuccessor, sealSuccessor } from './refresh-token';

const AT = new Date('2026-11-20T14:00:00.000Z');
const secondsAgo = (seconds: number): Date => new Date(AT.getTime() - seconds * 1000);
const LIVE = { expiresAt: new Date('2026-12-20T14:00:00.000Z'), revokedAt: null, revokedReason: null };
const left = (seconds: number) => ({
  ...LIVE,
  revokedAt: secondsAgo(seconds),
  revokedReason: 'tenant_switched',
});
const SEALED = Buffer.from('sealed');

describe('a refresh token', () => {
  it('is stored as its SHA-256', () => {
    expect(hashOf('rt_9VZkq3mB0x7LwY2sT5uH8cQeN1aJ4dRfP6gKiMoEzXw').toString('hex')).toBe(
      'f365d5be58b159dc26924bf7713eeceb3e8da4c95cdf19b02382b7b4439a1d39',
    );
  });

  it('opens its successor, and no other token does', () => {
    const [parent, other, successor] = [newRefreshToken(), newRefreshToken(), newRefreshToken()];
    const sealed = sealSuccessor(parent, successor);
    expect(openSuccessor(parent, sealed)).toBe(successor);
    expect(() => openSuccessor(other, sealed)).toThrow();
  });
});

describe('judgeRefresh', () => {
  it.each([
    ['the current token', LIVE, { usedAt: null, successorEnc: null }, 'rotate'],
    ['the direct parent at 10 s', LIVE, { usedAt: secondsAgo(10), successorEnc: SEALED }, 'repeat'],
    ['the direct parent after 10 s', LIVE, { usedAt: secondsAgo(10.001), successorEnc: SEALED }, 'reuse'],
    ['the grandparent within the grace', LIVE, { usedAt: secondsAgo(1), successorEnc: null }, 'reuse'],
    ['an expired session', { ...LIVE, expiresAt: AT }, { usedAt: null, successorEnc: null }, 'ended'],
    [
      'a revoked session',
      { ...LIVE, revokedAt: secondsAgo(99), revokedReason: 'logout' },
      { usedAt: secondsAgo(99), successorEnc: null },
      'ended',
    ],
    ['a session that became another within 10 s', left(10), { usedAt: null, successorEnc: null }, 'ended'],
    ['a session that became another before', left(10.001), { usedAt: null, successorEnc: null }, 'reuse'],
  ] as const)('of %s', (_case, session, token, verdict) => {
    expect(judgeRefresh(session, token, AT)).toBe(verdict);
  });
});
