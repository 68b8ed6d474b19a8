import { AppError, Conflict, Forbidden, type UsageMeter } from '@parley/contracts';
import { levelOfQuota, type QuotaStanding, remainingOf } from './quota';

export class QuotaExceeded extends AppError {
  constructor(exceeded: QuotaStanding, minutes: number) {
    const level = levelOfQuota(exceeded);
    const whose = level === 'user' ? 'Your' : 'Your company’s';
    const { meter, totalMinutes, usedMinutes, heldMinutes } = exceeded;
    super(
      'paymentRequired',
      'USAGE_EXCEEDED',
      `${whose} quota of ${words(meter)} does not leave ${minutes} more for this period`,
      {
        quota: level,
        meter,
        totalMinutes,
        usedMinutes,
        heldMinutes,
        remainingMinutes: remainingOf(exceeded),
      },
    );
  }
}

export class QuotaNotYours extends Forbidden {
  constructor(message: string) {
    super(message);
  }
}

/** Users' quotas together never promise more than their company has. */
export class QuotaAllocated extends Conflict {
  constructor(totalMinutes: number, allocatedMinutes: number) {
    super('The users’ quotas together would be more than the company’s', 'STATE_CONFLICT', {
      totalMinutes,
      allocatedMinutes,
    });
  }
}

const words = (meter: UsageMeter): string => meter.replaceAll('_', ' ');
