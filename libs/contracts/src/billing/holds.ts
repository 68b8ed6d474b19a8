import { Bool, Instant, Int, OneOf, Text } from '../fields';
import { defineEvent } from '../event';
import { defineOperation } from '../rpc';
import { PLAN_METERS, type UsageMeter } from './meters';

export const HOLD_STATES = ['open', 'posted', 'released', 'expired'] as const;
export type HoldState = (typeof HOLD_STATES)[number];

/** What runs: `practice:<id>`, `ai_prompt:<id>`. The part before the colon is the type of its usage record. */
const SOURCE = {
  max: 160,
  pattern: /^[a-z][a-z_]{0,39}:\S+$/,
  description: 'What runs, as `type:id`; one hold each',
  example: 'practice_session:0193f3a0-7b6e-7c3a-9f00-3f6f5b8c0031',
};

export class HoldResponse {
  @Text(SOURCE) source: string;
  @OneOf(PLAN_METERS) meter: UsageMeter;
  @Int({ min: 0 }) quantity: number;
  @OneOf(HOLD_STATES) state: HoldState;
  @Bool({ description: 'It runs although nothing was left when it began' }) overdrawn: boolean;
  @Instant({ description: 'When it is released unless posted or extended' }) expiresAt: string;
}

export class TakeHoldRequest {
  @Text(SOURCE) source: string;
  @OneOf(PLAN_METERS) meter: UsageMeter;
  @Int({ min: 1, max: 100_000, description: 'Units promised' }) quantity: number;
  @Int({ optional: true, min: 60, max: 86_400, description: 'Forgotten after so long; 4 h by default' })
  expiresInSeconds?: number;
}

export class ExtendHoldRequest {
  @Text(SOURCE) source: string;
  @Int({ min: 1, max: 100_000, description: 'Units promised in all; never fewer than before' })
  quantity: number;
  @Int({ optional: true, min: 60, max: 86_400 }) expiresInSeconds?: number;
}

export class PostHoldRequest {
  @Text(SOURCE) source: string;
  @Int({ min: 0, max: 10_000_000, description: 'Units used; more than held is charged all the same' })
  quantity: number;
  @Int({ optional: true, min: 0, description: 'Seconds behind started minutes' }) seconds?: number;
  @Instant({ optional: true }) occurredAt?: string;
  @Text({ optional: true, max: 200 }) description?: string;
}

export class HoldSourceRequest {
  @Text(SOURCE) source: string;
}

/**
 * Promises units to what is about to start. The same source again answers the hold there is.
 * 402 CREDITS_EXHAUSTED, USAGE_EXCEEDED or PLAN_REQUIRED when nothing covers it.
 */
export const takeHold = defineOperation({
  name: 'billing.hold.take',
  service: 'billing',
  request: TakeHoldRequest,
  response: HoldResponse,
});

/** Refused as taking is, and with 409 once the hold is closed. */
export const extendHold = defineOperation({
  name: 'billing.hold.extend',
  service: 'billing',
  request: ExtendHoldRequest,
  response: HoldResponse,
});

/** Charges what was used, once, and ends the hold; also after it expired. */
export const postHold = defineOperation({
  name: 'billing.hold.post',
  service: 'billing',
  request: PostHoldRequest,
  response: HoldResponse,
});

/** Ends a hold of which nothing was used. */
export const releaseHold = defineOperation({
  name: 'billing.hold.release',
  service: 'billing',
  request: HoldSourceRequest,
  response: HoldResponse,
});

export class HoldOverdrawnV1 {
  @Text(SOURCE) source: string;
  @OneOf(PLAN_METERS) meter: UsageMeter;
  @Int({ min: 1, description: 'Units it should have been promised' }) wanted: number;
  @Int({ description: 'Units that were free' }) available: number;
}

export const holdOverdrawnV1 = defineEvent({
  type: 'billing.hold.overdrawn.v1',
  producer: 'billing',
  description: 'A call began although nothing covers it. It is billed whole (C-22).',
  payload: HoldOverdrawnV1,
  sample: {
    source: 'call:0193f3a0-7b6e-7c3a-9f00-3f6f5b8c0001',
    meter: 'voice_minutes',
    wanted: 1,
    available: 0,
  },
});
