import { exceededQuota, levelOfQuota, type QuotaStanding, remainingOf } from './quota';

const aQuota = (fields: Partial<QuotaStanding>): QuotaStanding => ({
  id: 'q',
  userId: null,
  meter: 'practice_minutes',
  totalMinutes: 100,
  usedMinutes: 0,
  heldMinutes: 0,
  allocatedBy: null,
  updatedAt: new Date(0),
  ...fields,
});

describe('quotas', () => {
  it('count what is used and what is promised', () => {
    expect(remainingOf(aQuota({ usedMinutes: 60, heldMinutes: 30 }))).toBe(10);
  });

  it('that were lowered under what is used have nothing left, and no less', () => {
    expect(remainingOf(aQuota({ totalMinutes: 10, usedMinutes: 60 }))).toBe(0);
  });

  it('refuse by the user’s before the company’s', () => {
    const full = { usedMinutes: 100 };
    const company = aQuota({ id: 'company', ...full });
    const user = aQuota({ id: 'user', userId: 'u', ...full });
    expect(exceededQuota([company, user], 1)?.id).toBe('user');
    expect(levelOfQuota(company)).toBe('company');
  });

  it('let through what just fits, and everything where there are none', () => {
    expect(exceededQuota([aQuota({ usedMinutes: 95 })], 5)).toBeUndefined();
    expect(exceededQuota([aQuota({ usedMinutes: 95 })], 6)?.id).toBe('q');
    expect(exceededQuota([], 1_000_000)).toBeUndefined();
  });
});
