import { type Answer, errorOf, retryAfterSeconds, verdictOf } from './answer';

const answer = (status: number | null, headers: Record<string, string> = {}): Answer => ({
  status,
  headers,
  body: null,
  durationMs: 1,
  error: status === null ? 'ECONNRESET' : null,
});
const now = new Date('2026-11-20T12:00:00.000Z');

describe('reading the answer', () => {
  it.each([
    [200, 'delivered'],
    [204, 'delivered'],
    [301, 'refused'],
    [400, 'refused'],
    [404, 'refused'],
    [408, 'refused'],
    [410, 'gone'],
    [429, 'overloaded'],
    [500, 'outage'],
    [502, 'overloaded'],
    [503, 'overloaded'],
    [504, 'overloaded'],
    [null, 'outage'],
  ] as const)('takes %s for %s', (status, verdict) => {
    expect(verdictOf(answer(status))).toBe(verdict);
  });

  it.each([
    ['120', 120],
    ['0', 0],
    ['Fri, 20 Nov 2026 12:01:30 GMT', 90],
    ['Fri, 20 Nov 2026 11:00:00 GMT', 0],
    ['999999999', 86_400],
    ['soon', undefined],
    ['', undefined],
  ])('reads Retry-After %p as %p seconds', (value, seconds) => {
    expect(retryAfterSeconds(answer(429, { 'retry-after': value }), now)).toBe(seconds);
  });

  it('has a word for every failure and none for success', () => {
    expect([200, 302, 500, null].map((status) => errorOf(answer(status)))).toEqual([
      null,
      'status 302: redirects are not followed',
      'status 500',
      'ECONNRESET',
    ]);
  });
});
