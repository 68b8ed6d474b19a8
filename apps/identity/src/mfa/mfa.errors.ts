import { AppError, Conflict, Forbidden, Invalid, NotFound, Unauthenticated } from '@parley/contracts';
import type { IssuedChallenge } from './challenges.service';

/** The first factor was right. Told only to whoever proved it. */
export class MfaRequired extends AppError {
  constructor({ challengeToken, methods, expiresAt }: IssuedChallenge) {
    super('unauthenticated', 'MFA_REQUIRED', 'A second factor is needed', {
      challengeToken,
      methods,
      expiresAt: expiresAt.toISOString(),
    });
  }
}

/** Unknown, expired, used, or void after too many failures: which of them is nobody's business. */
export class ChallengeOver extends Unauthenticated {
  constructor() {
    super('This challenge is over: begin again');
  }
}

/** The same for a wrong code, a used one and a passkey that does not fit. */
export class FactorRefused extends Unauthenticated {
  constructor() {
    super('This code or passkey is not right', 'INVALID_CREDENTIALS');
  }
}

export class OneAnswerOnly extends Invalid {
  constructor(fields: readonly string[]) {
    super(
      `Invalid input: send exactly one of ${fields.join(', ')}`,
      fields.map((field) => ({ field, message: `exactly one of ${fields.join(', ')} is needed` })),
    );
  }
}

export class WrongFirstCode extends Invalid {
  constructor() {
    super('Invalid input: code', [
      { field: 'code', message: 'is not the code the app shows now: check the clock of the device' },
    ]);
  }
}

export class PasskeyNotMade extends Invalid {
  constructor() {
    super('Invalid input: passkey', [{ field: 'passkey', message: 'does not answer the options given' }]);
  }
}

export class PasskeyKnown extends Conflict {
  constructor() {
    super('This passkey is registered already', 'DUPLICATE');
  }
}

export class TooManyPasskeys extends Conflict {
  constructor(limit: number) {
    super(`At most ${limit} passkeys: remove one first`);
  }
}

export class TotpActive extends Conflict {
  constructor() {
    super('An authenticator app is enrolled: remove it first');
  }
}

export class NothingToConfirm extends Conflict {
  constructor() {
    super('No enrolment of an authenticator app is open: begin one');
  }
}

export class NotEnrolled extends Conflict {
  constructor() {
    super('There is no second factor: enrol one first');
  }
}

export class FactorNotFound extends NotFound {
  constructor() {
    super('No such factor');
  }
}

/** Whoever has a second factor shows it: the password alone is what a thief would have. */
export class SecondFactorNeeded extends Forbidden {
  constructor() {
    super('Use a code or a passkey: this account has a second factor', 'STEP_UP_REQUIRED');
  }
}
