import { createHash } from 'node:crypto';
import { StripeRefusal } from './stripe-errors';

interface Kept {
  fingerprint: string;
  status: number;
  body: object;
}

export interface Answered {
  status: number;
  body: object;
  replayed: boolean;
}

/** The first answer to each Idempotency-Key, given again; another request under it is refused. */
export class StripeIdempotency {
  private readonly kept = new Map<string, Kept>();

  answer(key: string | undefined, request: string, work: () => object): Answered {
    if (key === undefined) return { ...run(work), replayed: false };
    const fingerprint = createHash('sha256').update(request).digest('hex');
    const known = this.kept.get(key);
    if (known && known.fingerprint !== fingerprint) {
      throw new StripeRefusal(
        400,
        'idempotency_error',
        undefined,
        `Keys for idempotent requests can only be used with the same parameters they were first used with. ` +
          `Try using a key other than '${key}' if you meant to execute a different request.`,
      );
    }
    if (known) return { status: known.status, body: known.body, replayed: true };
    const answer = run(work);
    this.kept.set(key, { fingerprint, ...answer, body: structuredClone(answer.body) });
    return { ...answer, replayed: false };
  }
}

/** Refusals are answers too, and kept as such. */
function run(work: () => object): { status: number; body: object } {
  try {
    return { status: 200, body: work() };
  } catch (error) {
    if (error instanceof StripeRefusal) return { status: error.status, body: error.body };
    throw error;
  }
}
