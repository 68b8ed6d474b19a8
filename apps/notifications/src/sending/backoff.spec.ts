import { waitSeconds } from './backoff';

const least = (): number => 0;
const most = (): number => 1;

describe('the wait before the next attempt', () => {
  const doubling = { baseSeconds: 30, schedule: null };

  it('doubles from 30 seconds, with 10 to 20 percent added', () => {
    expect([1, 2, 3, 4].map((attempts) => Math.round(waitSeconds(doubling, attempts, least)))).toEqual([
      33, 66, 132, 264,
    ]);
    expect(waitSeconds(doubling, 1, most)).toBeCloseTo(36);
  });

  it('never grows beyond a day', () => {
    expect(waitSeconds(doubling, 30, least)).toBeCloseTo(86_400 * 1.1);
  });

  it('follows the endpoint’s own schedule, whose last wait repeats', () => {
    const own = { baseSeconds: 30, schedule: [0, 5, 300] };
    const waits = [1, 2, 3, 4, 5].map((attempts) => waitSeconds(own, attempts, least));
    expect(waits).toEqual([0, 5.5, 330, 330, 330].map((wait) => expect.closeTo(wait) as number));
  });
});
