import { AppError, Conflict } from '@parley/contracts';

export class KeyReused extends AppError {
  constructor() {
    super(
      'unprocessable',
      'IDEMPOTENCY_KEY_REUSED',
      'This Idempotency-Key came with another request before: choose a new one',
    );
  }
}

/** Told with Retry-After: the first request is about to be answered. */
export class StillRunning extends Conflict {
  constructor() {
    super('A request with this Idempotency-Key is being worked on', 'IDEMPOTENCY_IN_PROGRESS', {
      retryAfterSeconds: 1,
    });
  }
}

/** Without Retry-After: repeating by itself would be a guess. */
export class OutcomeUnknown extends Conflict {
  constructor(startedAt: Date) {
    super(
      'The first request with this Idempotency-Key got no answer and may have had its effect: look first, then repeat with a new key',
      'IDEMPOTENCY_OUTCOME_UNKNOWN',
      { startedAt: startedAt.toISOString() },
    );
  }
}
