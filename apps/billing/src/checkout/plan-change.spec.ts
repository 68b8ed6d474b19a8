import type { Plan } from '../catalogue/plan';
import { changeOf } from './plan-change';

const plan = (id: string, rank: number, month: number): Plan =>
  ({
    id,
    rank,
    prices: [
      { interval: 'month', amountCents: month },
      { interval: 'year', amountCents: month * 10 },
    ],
  }) as unknown as Plan;
const core = plan('core', 0, 149);
const pro = plan('pro', 1, 249);

describe('changeOf', () => {
  it.each([
    ['subscribe', undefined, pro, 'month'],
    ['none', { plan: pro, interval: 'month' }, pro, 'month'],
    ['upgrade', { plan: core, interval: 'month' }, pro, 'month'],
    ['downgrade', { plan: pro, interval: 'month' }, core, 'month'],
    ['upgrade', { plan: pro, interval: 'month' }, pro, 'year'],
    ['downgrade', { plan: pro, interval: 'year' }, pro, 'month'],
    ['upgrade', { plan: pro, interval: 'month' }, plan('pro2', 1, 300), 'month'],
    ['downgrade', { plan: pro, interval: 'month' }, plan('pro2', 1, 200), 'month'],
  ] as const)('is %s', (expected, held, wanted, interval) => {
    expect(changeOf(held, wanted, interval)).toBe(expected);
  });
});
