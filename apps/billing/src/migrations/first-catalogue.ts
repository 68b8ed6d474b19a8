/** The first version of the catalogue, as designs 000, 001 and 004 have it. Later versions are edits, not code. */
export interface SeedPlan {
  readonly code: string;
  readonly name: string;
  readonly rank: number;
  readonly features: readonly string[];
  readonly seats: number | null;
  readonly proceduresVisible: number | null;
  readonly modules: readonly string[];
  /** Cents by interval. */
  readonly prices: Readonly<Record<string, number>>;
  /** Per month by meter; null is not limited. */
  readonly includes: Readonly<Record<string, number | null>>;
  readonly overage: boolean;
  readonly isExample: boolean;
}

const ALL_MODULES = ['platform', 'podcasts', 'crm', 'market_data', 'sales_intelligence'];
const UNLIMITED_AI = {
  ai_prompts: null,
  ai_conversations: null,
  transcription_minutes: null,
  research: null,
};

const sales = (
  rank: number,
  code: string,
  monthCents: number,
  plan: Pick<SeedPlan, 'features' | 'seats' | 'proceduresVisible' | 'modules' | 'includes'>,
): SeedPlan => ({
  code: `sales.${code}`,
  name: code[0]?.toUpperCase() + code.slice(1),
  rank,
  // A year costs ten months (BR-037).
  prices: monthCents === 0 ? { none: 0 } : { month: monthCents, year: monthCents * 10 },
  overage: false,
  isExample: false,
  ...plan,
});

const voice = (rank: number, code: string, monthCents: number, minutes: number, sms: number): SeedPlan => ({
  code: `voice.${code}`,
  name: code[0]?.toUpperCase() + code.slice(1),
  rank,
  features: [`${minutes} voice minutes a month`, `${sms} SMS a month`],
  seats: null,
  proceduresVisible: null,
  modules: ['platform', 'crm'],
  prices: { month: monthCents },
  includes: { voice_minutes: minutes, sms },
  overage: true,
  isExample: true,
});

export const FIRST_PLANS: readonly SeedPlan[] = [
  // What FREE limits no design says (C-26): three prompts, and no promise about the rest.
  sales(0, 'free', 0, {
    features: ['basic access', 'limited features'],
    seats: null,
    proceduresVisible: 25,
    modules: ['platform'],
    includes: { ai_prompts: 3, ai_conversations: null, transcription_minutes: 0, research: 0 },
  }),
  sales(1, 'explorer', 4_900, {
    features: ['100+ procedures', '5 AI prompts a month'],
    seats: 1,
    proceduresVisible: 100,
    modules: ['platform', 'podcasts'],
    includes: { ...UNLIMITED_AI, ai_prompts: 5 },
  }),
  sales(2, 'professional', 14_900, {
    features: ['500+ procedures', '50 AI conversations'],
    seats: 1,
    proceduresVisible: 500,
    modules: ['platform', 'podcasts', 'crm', 'market_data'],
    includes: { ...UNLIMITED_AI, ai_conversations: 50 },
  }),
  sales(3, 'growth', 34_900, {
    features: ['unlimited AI', 'team features'],
    seats: 5,
    proceduresVisible: null,
    modules: ALL_MODULES,
    includes: UNLIMITED_AI,
  }),
  sales(4, 'enterprise', 74_900, {
    features: ['custom AI training', '10 seats'],
    seats: 10,
    proceduresVisible: null,
    modules: ALL_MODULES,
    includes: UNLIMITED_AI,
  }),
  sales(5, 'elite', 149_900, {
    features: ['white glove service', 'unlimited everything'],
    seats: null,
    proceduresVisible: null,
    modules: ALL_MODULES,
    includes: UNLIMITED_AI,
  }),
  voice(0, 'core', 14_900, 150, 250),
  voice(1, 'pro', 24_900, 300, 1_000),
  voice(2, 'elite', 49_700, 800, 3_000),
  voice(3, 'scale', 99_700, 3_000, 5_000),
];

export const FIRST_PACKS = [
  { code: 'minutes_300', kind: 'topup_minutes', meter: 'voice_minutes', quantity: 300, amountCents: 19_500 },
  { code: 'minutes_800', kind: 'topup_minutes', meter: 'voice_minutes', quantity: 800, amountCents: 52_000 },
  { code: 'sms_500', kind: 'topup_sms', meter: 'sms', quantity: 500, amountCents: 5_000 },
  { code: 'sms_1000', kind: 'topup_sms', meter: 'sms', quantity: 1_000, amountCents: 10_000 },
  { code: 'credits_100', kind: 'credits', meter: 'credits', quantity: 100, amountCents: 1_500 },
  { code: 'credits_500', kind: 'credits', meter: 'credits', quantity: 500, amountCents: 6_500 },
  { code: 'credits_1000', kind: 'credits', meter: 'credits', quantity: 1_000, amountCents: 12_000 },
] as const;
