import { AppError, Conflict, Forbidden, Invalid, NotFound } from '@parley/contracts';

/** Understood and refused by a rule of the program. */
class RefusedByProgram extends AppError {
  constructor(code: string, message: string, details?: Record<string, unknown>) {
    super('unprocessable', code, message, details);
  }
}

export class PersonRequired extends Forbidden {
  constructor() {
    super('Referrals belong to people: sign in', 'PERSON_REQUIRED');
  }
}

export class ReferralCodeUnknown extends NotFound {
  constructor() {
    super('There is no such referral code', 'REFERRAL_CODE_UNKNOWN');
  }
}

export class ReferralCodeInactive extends RefusedByProgram {
  constructor() {
    super('REFERRAL_CODE_INACTIVE', 'This referral code cannot be used any more');
  }
}

export class ReferralsClosed extends RefusedByProgram {
  constructor() {
    super('REFERRALS_CLOSED', 'No referrals are taken at present');
  }
}

export class SelfReferral extends RefusedByProgram {
  constructor() {
    super('SELF_REFERRAL', 'Nobody refers themselves or a tenant of theirs');
  }
}

export class ReferralTooLate extends RefusedByProgram {
  constructor(days: number) {
    super('REFERRAL_TOO_LATE', `A referral counts within ${days} days of registration`);
  }
}

export class AlreadyReferred extends Conflict {
  constructor() {
    super('This tenant was referred already', 'ALREADY_REFERRED');
  }
}

export class ReferralUnknown extends NotFound {
  constructor() {
    super('There is no such referral');
  }
}

export class NothingToReview extends Conflict {
  constructor() {
    super('The referral has no open signals', 'NOTHING_TO_REVIEW');
  }
}

export class BelowMinimumPayout extends RefusedByProgram {
  constructor(amountCents: number, minPayoutCents: number) {
    super('BELOW_MINIMUM_PAYOUT', `Payouts start at ${minPayoutCents} cents, this would be ${amountCents}`, {
      amountCents,
      minPayoutCents,
    });
  }
}

export class InsufficientCommissions extends RefusedByProgram {
  constructor(availableCents: number) {
    super('INSUFFICIENT_COMMISSIONS', `${availableCents} cents are available`, { availableCents });
  }
}

export class PayoutOpen extends Conflict {
  constructor() {
    super('A payout was requested already and is not decided or paid yet', 'PAYOUT_OPEN');
  }
}

export class PayoutUnknown extends NotFound {
  constructor() {
    super('There is no such referral or payout request');
  }
}

export class NoOpenPayout extends Conflict {
  constructor() {
    super('No open payout request holds commissions of this referral', 'NO_OPEN_PAYOUT');
  }
}

export class PayoutInOtherState extends Conflict {
  constructor(status: string) {
    super(`The payout request is ${status}`, 'STATE_CONFLICT', { status });
  }
}

/** Commissions it was to pay were taken back or are held since it was requested. */
export class PayoutNotCovered extends Conflict {
  constructor(missingCents: number) {
    super(`${missingCents} cents of it were taken back or are held since`, 'PAYOUT_NOT_COVERED', {
      missingCents,
    });
  }
}

export class MethodRefused extends Invalid {
  constructor(field: string, message: string) {
    super(`Invalid input: method.${field}`, [{ field: `method.${field}`, message }]);
  }
}
