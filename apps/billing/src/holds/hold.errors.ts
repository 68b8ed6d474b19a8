import { Conflict, NotFound, PaymentRequired, type UsageMeter } from '@parley/contracts';

export class CreditsExhausted extends PaymentRequired {
  constructor() {
    super('No credits are left: buy more, or choose a plan');
  }
}

export class UsageExceeded extends PaymentRequired {
  constructor(meter: UsageMeter) {
    super(`The plan’s ${words(meter)} are used up for this period`, 'USAGE_EXCEEDED');
  }
}

export class UsagePaused extends PaymentRequired {
  constructor() {
    super('Use is paused by the platform’s administration', 'USAGE_EXCEEDED');
  }
}

export class PlanRequired extends PaymentRequired {
  constructor(meter: UsageMeter) {
    super(`No plan of yours includes ${words(meter)}`, 'PLAN_REQUIRED');
  }
}

export class HoldUnknown extends NotFound {
  constructor() {
    super('Nothing is held for that');
  }
}

export class HoldClosed extends Conflict {
  constructor(state: string) {
    super(`The hold is ${state}`);
  }
}

const words = (meter: UsageMeter): string => meter.replaceAll('_', ' ');
