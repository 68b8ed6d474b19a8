import { defineEvent } from '../event';
import { Bool, Instant, Int, OneOf, Text, Texts, Uuid } from '../fields';
import { PLAN_METERS, type UsageMeter } from './meters';

export const THRESHOLD_LEVELS = ['notice', 'soft', 'hard'] as const;
export type ThresholdLevel = (typeof THRESHOLD_LEVELS)[number];

export class UsageThresholdV1 {
  @OneOf(PLAN_METERS) meter: UsageMeter;
  @OneOf(THRESHOLD_LEVELS) level: ThresholdLevel;
  @Int({ min: 0 }) used: number;
  @Int({ min: 1, description: 'Allowance and top-ups' }) included: number;
  @Instant() periodStart: string;
  @Instant() periodEnd: string;
}

export const usageThresholdV1 = defineEvent<UsageThresholdV1>({
  type: 'billing.usage.threshold.v1',
  producer: 'billing',
  description: 'Use crossed a level. Once per level and period.',
  payload: UsageThresholdV1,
  sample: {
    meter: 'voice_minutes',
    level: 'notice',
    used: 121,
    included: 150,
    periodStart: '2026-11-01T00:00:00.000Z',
    periodEnd: '2026-12-01T00:00:00.000Z',
  },
});

export class UsagePeriodResetV1 {
  @OneOf(PLAN_METERS) meter: UsageMeter;
  @Int({ min: 0, description: 'Used in the period that ended' }) used: number;
  @Int({ min: 0, nullable: true, description: 'What it included' }) included: number | null;
  @Instant() periodStart: string;
  @Instant({ description: 'Where it ended' }) periodEnd: string;
}

export const usagePeriodResetV1 = defineEvent({
  type: 'billing.usage.period-reset.v1',
  producer: 'billing',
  description: 'A period of use ended; counting starts anew.',
  payload: UsagePeriodResetV1,
  sample: {
    meter: 'sms',
    used: 250,
    included: 250,
    periodStart: '2026-11-01T00:00:00.000Z',
    periodEnd: '2026-12-01T00:00:00.000Z',
  },
});

export class UsagePausedV1 {
  @Bool({ description: 'False: resumed' }) paused: boolean;
  @Text({ max: 500, nullable: true }) reason: string | null;
  @Uuid({ nullable: true, description: 'The administrator' }) actorId: string | null;
}

export const usagePausedV1 = defineEvent({
  type: 'billing.usage.paused.v1',
  producer: 'billing',
  description: 'An administrator stopped a tenant’s use, or let it go on.',
  payload: UsagePausedV1,
  sample: { paused: true, reason: 'Fraud review', actorId: '0193f3a0-7b6e-7c3a-9f00-3f6f5b8c0011' },
});

/** `grace`: a payment failed, lines are still answered; `paused`: by an administrator. */
export const STANDING_STATES = ['ok', 'soft', 'hard', 'grace', 'paused'] as const;
export type StandingState = (typeof STANDING_STATES)[number];

export const STANDING_GROUPS = ['voice', 'sms'] as const;
export type StandingGroup = (typeof STANDING_GROUPS)[number];

export class StandingChangedV1 {
  @OneOf(STANDING_GROUPS) group: StandingGroup;
  @OneOf(STANDING_STATES) state: StandingState;
  @Int({ nullable: true, description: 'Units that may at least be promised; null: not limited' }) available:
    number | null;
  @Int({ min: 1, description: 'Rises per tenant; ignore lower ones, but for their `counted`' })
  version: number;
  @Int({
    optional: true,
    min: 1,
    description: 'Units each new call is promised of them. Absent: how many may start is not told',
  })
  perStart?: number;
  @Texts({
    optional: true,
    max: 1_000,
    description: 'Calls whose start is part of `available` from this version on',
  })
  counted?: string[];
}

export const standingChangedV1 = defineEvent({
  type: 'billing.standing.changed.v1',
  producer: 'billing',
  description:
    'Whether a tenant may use its lines changed, or how much, or a call that started was counted. Services keep it ' +
    'beside what they decide by it.',
  payload: StandingChangedV1,
  sample: {
    group: 'voice',
    state: 'ok',
    available: 9,
    version: 7,
    perStart: 1,
    counted: ['0193f3a0-7b6e-7c3a-9f00-3f6f5b8c0040'],
  },
});
