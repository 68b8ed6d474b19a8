import { hashOfRequest, judge, readKey } from './idempotency';

const AT = new Date('2026-11-20T10:00:00Z');
const hash = (body: unknown) => hashOfRequest({ params: {}, query: {}, body });

describe('idempotency keys', () => {
  it('are printable and bounded', () => {
    expect(readKey(undefined)).toBeUndefined();
    expect(readKey('order 1')).toBe('order 1');
    for (const wrong of ['', 'é', 'x'.repeat(256), 'a\nb', ['a', 'b']]) {
      expect(() => readKey(wrong)).toThrow('Idempotency-Key');
    }
  });

  it('compare what was asked, not how it was ordered', () => {
    expect(hash({ a: 1, b: { c: [1, 2] } })).toEqual(hash({ b: { c: [1, 2] }, a: 1 }));
    expect(hash({ a: [1, 2] })).not.toEqual(hash({ a: [2, 1] }));
    expect(hash({ a: '1' })).not.toEqual(hash({ a: 1 }));
    expect(hash({ a: { b: 1 } })).not.toEqual(hash({ a: [['b', 1]] }));
    expect(hash(undefined)).toEqual(hash(null));
  });

  it.each([
    ['running', 1, 'running'],
    ['running', 0, 'unknown'],
    ['unknown', 1, 'unknown'],
    ['done', -1, 'replay'],
  ] as const)('%s, held %s s more, is %s', (state, seconds, verdict) => {
    const heldUntil = new Date(AT.getTime() + seconds * 1000);
    const claim = { claimId: 'c', requestHash: hash(1), state, heldUntil, createdAt: AT };
    expect(judge(claim, hash(1), AT)).toBe(verdict);
    expect(judge(claim, hash(2), AT)).toBe('reused');
  });
});
