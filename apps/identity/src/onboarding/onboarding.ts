import type {
  OnboardingRun,
  OnboardingStatus,
  OnboardingStep,
  OnboardingStepName,
  StepState,
} from '@parley/contracts';

/** Steps that other services do, and what asks for them. */
export type RemoteStep = Extract<OnboardingStepName, 'plan' | 'agent'>;

export const stepAs = (
  name: OnboardingStep['name'],
  state: StepState,
  at?: Date,
  reason?: string,
): OnboardingStep => ({ name, state, at: at?.toISOString() ?? null, reason: reason ?? null });

/** What a run is, by its steps: one failure makes it failed until that step succeeds after all. */
export function statusOf(steps: readonly OnboardingStep[]): OnboardingStatus {
  if (steps.some(({ state }) => state === 'undone')) return 'compensated';
  if (steps.some(({ state }) => state === 'failed')) return 'failed';
  return steps.every(({ state }) => state === 'done') ? 'done' : 'running';
}

/** The steps after one was reported, or nothing when that changes nothing: done stays done, unknown stays unknown. */
export function afterReport(
  { steps, status }: Pick<OnboardingRun, 'steps' | 'status'>,
  name: RemoteStep,
  outcome: 'done' | 'failed',
  at: Date,
  reason?: string,
): OnboardingStep[] | undefined {
  const known = steps.find((step) => step.name === name);
  if (!known || known.state === 'done' || status === 'compensated') return undefined;
  return steps.map((step) => (step === known ? stepAs(name, outcome, at, reason) : step));
}
