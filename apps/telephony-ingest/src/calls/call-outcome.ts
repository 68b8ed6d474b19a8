import { CALL_OUTCOMES, type CallOutcome, type CallStatus } from '@parley/contracts';

/** What a provider tells about how a call went. */
export interface CallEnding {
  /** As far as known; absent while the call is alive. */
  readonly status?: CallStatus;
  /** Vapi's `endedReason`. */
  readonly endedReason?: string | undefined;
  readonly forwarded?: boolean;
  readonly answeredByMachine?: boolean;
  readonly structuredData?: Readonly<Record<string, unknown>> | undefined;
  /** Whether the other party said anything. */
  readonly userSpoke?: boolean;
}

interface Rule {
  readonly when: (ending: CallEnding) => boolean;
  readonly outcome: CallOutcome;
}

/** The first rule that holds decides; without one nothing is said about the outcome (BR-071). */
const RULES: readonly Rule[] = [
  { when: ({ structuredData }) => isFilled(structuredData?.appointmentDate), outcome: 'booked' },
  {
    when: ({ forwarded, endedReason }) => forwarded === true || /forward/.test(endedReason ?? ''),
    outcome: 'transferred',
  },
  {
    when: ({ answeredByMachine, endedReason }) => answeredByMachine === true || endedReason === 'voicemail',
    outcome: 'voicemail',
  },
  {
    when: ({ status }) => status === 'no_answer' || status === 'busy' || status === 'cancelled',
    outcome: 'missed',
  },
  { when: ({ status, userSpoke }) => status === 'completed' && userSpoke === true, outcome: 'info_provided' },
  { when: ({ status }) => status === 'completed' || status === 'failed', outcome: 'other' },
];

/**
 * The outcome an agent named itself (`structuredData.outcome`) comes after a booking and before all else; one
 * that is not of our list becomes `other` with its text kept (C-50).
 */
export function outcomeOf(ending: CallEnding): { outcome?: CallOutcome; outcomeText?: string } {
  const named = ending.structuredData?.outcome;
  if (isFilled(named) && typeof named === 'string' && !isFilled(ending.structuredData?.appointmentDate)) {
    const word = named
      .trim()
      .toLowerCase()
      .replace(/[\s-]+/g, '_');
    const known = CALL_OUTCOMES.find((outcome) => outcome === word);
    return known ? { outcome: known } : { outcome: 'other', outcomeText: named.trim().slice(0, 255) };
  }
  const rule = RULES.find(({ when }) => when(ending));
  return rule ? { outcome: rule.outcome } : {};
}

const isFilled = (value: unknown): boolean =>
  value !== undefined && value !== null && value !== '' && value !== false;
