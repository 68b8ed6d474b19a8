import type { PayloadFormat } from '@parley/contracts';
import type { Answer } from './answer';

/** A delivery that is ours to attempt, with all it takes. */
export interface ClaimedDelivery {
  readonly id: string;
  readonly endpointId: string;
  readonly eventId: string;
  readonly eventType: string;
  /** Number of this attempt, from 1. */
  readonly attempt: number;
  readonly maxAttempts: number;
  readonly isTest: boolean;
  readonly format: PayloadFormat;
  readonly body: string;
  readonly url: string;
  readonly secretEnc: Buffer | null;
  readonly prevSecretEnc: Buffer | null;
  readonly headersEnc: Buffer | null;
  readonly schedule: number[] | null;
  /** Of the endpoint, before this attempt. */
  readonly consecutiveFailures: number;
}

/** An attempt that is over and not yet recorded. */
export interface AttemptResult {
  readonly delivery: ClaimedDelivery;
  readonly startedAt: Date;
  readonly endedAt: Date;
  /** As shown in the log: custom headers by name only. */
  readonly requestHeaders: Record<string, string>;
  readonly answer: Answer;
}
