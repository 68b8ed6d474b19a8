import type { Answer } from './answer';
import { nextStep } from './next-step';

const now = new Date('2026-11-20T12:00:00.000Z');
const backoff = { baseSeconds: 30, schedule: null };
const after = (status: number | null, attempt: number, headers: Record<string, string> = {}) => {
  const answer: Answer = { status, headers, body: null, durationMs: 1, error: null };
  return nextStep({ attempt, maxAttempts: 5, answer }, backoff, now, () => 0);
};

describe('after an attempt', () => {
  it('is delivered on a 2xx', () => {
    expect(after(204, 5)).toEqual({ status: 'delivered' });
  });

  it('waits for another while attempts are left', () => {
    expect(after(500, 2)).toEqual({ status: 'failed', nextAttemptAt: new Date('2026-11-20T12:01:06.000Z') });
  });

  it('waits longer when the receiver asks for it, never shorter', () => {
    expect(after(503, 1, { 'retry-after': '600' })).toMatchObject({
      nextAttemptAt: new Date('2026-11-20T12:10:00.000Z'),
    });
    expect(after(503, 1, { 'retry-after': '1' })).toMatchObject({
      nextAttemptAt: new Date('2026-11-20T12:00:33.000Z'),
    });
    expect(after(500, 1, { 'retry-after': '600' })).toMatchObject({
      nextAttemptAt: new Date('2026-11-20T12:00:33.000Z'),
    });
  });

  it('is dead after the last, and at once when the receiver is gone', () => {
    expect(after(null, 5)).toEqual({ status: 'dead' });
    expect(after(410, 1)).toEqual({ status: 'dead' });
  });
});
