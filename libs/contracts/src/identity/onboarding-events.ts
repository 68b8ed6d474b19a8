import { defineEvent } from '../event';
import { Json, OneOf, Text, Uuid } from '../fields';

/** What a client deployed by a super admin needs from other services (BR-052). */
export class OnboardingRequestedV1 {
  @Uuid() runId: string;
  @Uuid() tenantId: string;
  @Uuid({ description: 'The owner of the tenant' }) ownerId: string;
  @Text({
    optional: true,
    max: 64,
    description: 'Plan that billing gives without payment',
    example: 'voice.pro',
  })
  planCode?: string;
  @Json({ optional: true, description: 'What ai-agents makes the first agent from' })
  agent?: Record<string, unknown>;
}

export const onboardingRequestedV1 = defineEvent({
  type: 'identity.onboarding.requested.v1',
  producer: 'identity',
  description:
    'A client is to be set up. Billing comps the plan, if there is one, and ai-agents deploys the agent, if there is one; each answers with its onboarding.step-completed.',
  payload: OnboardingRequestedV1,
  sample: {
    runId: '0193f3a0-7b6e-7c3a-9f00-3f6f5b8c0041',
    tenantId: '0193f3a0-7b6e-7c3a-9f00-3f6f5b8c0010',
    ownerId: '0193f3a0-7b6e-7c3a-9f00-3f6f5b8c0011',
    planCode: 'voice.pro',
    agent: { template: 'receptionist', name: 'Réception' },
  },
});

/** The tenant is in the envelope. Repeating it, or a failure before success, is fine: once done stays done. */
export class OnboardingStepCompletedV1 {
  @Uuid() runId: string;
  @OneOf(['done', 'failed']) outcome: 'done' | 'failed';
  @Text({ optional: true, max: 500, description: 'Why it failed, for administrators; no secrets' })
  reason?: string;
}

const SAMPLE = { runId: '0193f3a0-7b6e-7c3a-9f00-3f6f5b8c0041', outcome: 'done' as const };

export const billingOnboardingStepV1 = defineEvent({
  type: 'billing.onboarding.step-completed.v1',
  producer: 'billing',
  description: 'The comped plan of an onboarding holds, or could not be given.',
  payload: OnboardingStepCompletedV1,
  sample: SAMPLE,
});

export const agentsOnboardingStepV1 = defineEvent({
  type: 'agents.onboarding.step-completed.v1',
  producer: 'ai-agents',
  description: 'The agent of an onboarding is deployed, or could not be.',
  payload: OnboardingStepCompletedV1,
  sample: { ...SAMPLE, outcome: 'failed' as const, reason: 'No such template' },
});
