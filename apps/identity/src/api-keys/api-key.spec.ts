import { goodUntil, hashOf, type KeySecrets, newKey, newPrefix, prefixOf } from './api-key';

const AT = new Date('2026-11-20T10:00:00Z');
const later = (hours: number): Date => new Date(AT.getTime() + hours * 3_600_000);

describe('a service token', () => {
  const prefix = newPrefix();
  const [current, previous] = [newKey(prefix), newKey(prefix)];
  const secrets = (changes: Partial<KeySecrets> = {}): KeySecrets => ({
    secretHash: hashOf(current),
    previousHash: null,
    previousGoodUntil: null,
    expiresAt: null,
    revokedAt: null,
    ...changes,
  });

  it('is found by its prefix, and only in its form', () => {
    expect(prefixOf(current)).toBe(prefix);
    for (const text of [
      '',
      prefix,
      `${current}x`,
      current.slice(0, -1),
      `x${current}`,
      current.toUpperCase(),
    ])
      expect(prefixOf(text)).toBeUndefined();
  });

  it('is good without end, until it expires or is revoked', () => {
    expect(goodUntil(current, secrets(), AT)).toBeNull();
    expect(goodUntil(current, secrets({ expiresAt: later(1) }), AT)).toEqual(later(1));
    expect(goodUntil(current, secrets({ expiresAt: AT }), AT)).toBeUndefined();
    expect(goodUntil(current, secrets({ revokedAt: AT }), AT)).toBeUndefined();
    expect(goodUntil(newKey(prefix), secrets(), AT)).toBeUndefined();
  });

  it('stays good for the overlap after a rotation, never longer than the key', () => {
    const rotated = { previousHash: hashOf(previous), previousGoodUntil: later(2) };
    expect(goodUntil(previous, secrets(rotated), AT)).toEqual(later(2));
    expect(goodUntil(previous, secrets(rotated), later(2))).toBeUndefined();
    expect(goodUntil(previous, secrets({ ...rotated, expiresAt: later(1) }), AT)).toEqual(later(1));
  });
});
