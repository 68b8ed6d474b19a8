/**
 * What billing counts. Minutes are started minutes, `sms` segments, the rest pieces; `credits` pay for minutes,
 * 1 for 1, once nothing else does (C-19).
 */
export const USAGE_METERS = [
  'credits',
  'voice_minutes',
  'practice_minutes',
  'sms',
  'ai_prompts',
  'ai_conversations',
  'transcription_minutes',
  'research',
] as const;
export type UsageMeter = (typeof USAGE_METERS)[number];

/** What a plan may include: everything that is used, and so not credits, which are bought. */
export const PLAN_METERS = USAGE_METERS.filter((meter) => meter !== 'credits');

/** Money in the smallest unit of a currency, such as `money:USD` in cents. */
export type MoneyMeter = `money:${string}`;

/** What an account counts. Each meter of a transaction sums to zero by itself. */
export type Meter = UsageMeter | MoneyMeter;

export const isUsageMeter = (meter: string): meter is UsageMeter =>
  (USAGE_METERS as readonly string[]).includes(meter);

/** Meters whose grants pay for a meter's use, in order. */
export const FUNDING: Readonly<Record<UsageMeter, readonly UsageMeter[]>> = {
  credits: ['credits'],
  voice_minutes: ['voice_minutes', 'credits'],
  practice_minutes: ['practice_minutes', 'credits'],
  sms: ['sms'],
  ai_prompts: ['ai_prompts'],
  ai_conversations: ['ai_conversations'],
  transcription_minutes: ['transcription_minutes'],
  research: ['research'],
};
