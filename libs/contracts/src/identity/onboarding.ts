import { IsTimeZone } from 'class-validator';
import { Email, Instant, Json, ListOf, Nested, OneOf, Text, Uuid } from '../fields';
import { PageRequest, pageOf } from '../page';
import { defineOperation, Nothing } from '../rpc';
import { PutSettingsRequest } from './settings';

export const ONBOARDING_STEPS = ['account', 'tenant', 'settings', 'plan', 'agent'] as const;
export type OnboardingStepName = (typeof ONBOARDING_STEPS)[number];

export const OWN_ONBOARDING_STEPS = ['account', 'verify_email', 'settings'] as const;

export const STEP_STATES = ['pending', 'done', 'failed', 'undone'] as const;
export type StepState = (typeof STEP_STATES)[number];

/** `compensated`: a step of identity failed, and nothing of the others is left. */
export const ONBOARDING_STATUSES = ['running', 'done', 'failed', 'compensated'] as const;
export type OnboardingStatus = (typeof ONBOARDING_STATUSES)[number];

export class OnboardingStep {
  @OneOf([...ONBOARDING_STEPS, 'verify_email']) name: OnboardingStepName | 'verify_email';
  @OneOf(STEP_STATES) state: StepState;
  @Instant({ nullable: true, description: 'When it came to this state; null while pending' }) at:
    string | null;
  @Text({ nullable: true, max: 500, description: 'Why it failed' }) reason: string | null;
}

/** A client set up by a super admin without payment (BR-052). */
export class OnboardingRun {
  @Uuid() id: string;
  @OneOf(ONBOARDING_STATUSES) status: OnboardingStatus;
  @Uuid({ description: 'Of a compensated run: the tenant that never came to be' }) tenantId: string;
  @Uuid({ nullable: true }) ownerId: string | null;
  @Text({ max: 200 }) companyName: string;
  @Text({ nullable: true, max: 64 }) planCode: string | null;
  @ListOf(() => OnboardingStep) steps: OnboardingStep[];
  @Uuid({ nullable: true }) createdBy: string | null;
  @Instant() createdAt: string;
  @Instant() updatedAt: string;
}

export class OnboardingRunPage extends pageOf(OnboardingRun) {}

export class OnboardingOwner {
  @Email({ example: 'elise@plomberie-tremblay.ca' }) email: string;
  @Text({ max: 200, pattern: /\S/, example: 'Élise Tremblay' }) name: string;
}

export class OnboardingCompany {
  @Text({ max: 200, pattern: /\S/, example: 'Plomberie Tremblay' }) name: string;
  @Text({ optional: true, max: 200, description: 'The name by default' }) businessName?: string;
  @OneOf(['en', 'fr'], { optional: true, description: "The request's by default" }) locale?: 'en' | 'fr';
  /** Named zones only: PostgreSQL reads the sign of a bare offset the other way round. */
  @IsTimeZone()
  @Text({ optional: true, max: 64, pattern: /^[A-Za-z]/, example: 'America/Toronto' })
  timezone?: string;
  @Text({ optional: true, min: 2, max: 2, pattern: /^[A-Z]{2}$/, example: 'CA' }) country?: string;
}

export class OnboardingAgent {
  @Text({ max: 64, example: 'receptionist' }) template: string;
  @Text({ optional: true, max: 100, example: 'Réception' }) name?: string;
  @Json({ optional: true, description: 'What the template asks for' }) values?: Record<string, unknown>;
}

export class StartOnboardingRequest {
  @Nested(() => OnboardingOwner) owner: OnboardingOwner;
  @Nested(() => OnboardingCompany) company: OnboardingCompany;
  @Nested(() => PutSettingsRequest, { optional: true }) settings?: PutSettingsRequest;
  @Text({ optional: true, max: 64, pattern: /^[a-z]+\.[a-z]+$/, example: 'voice.pro' }) planCode?: string;
  @Nested(() => OnboardingAgent, { optional: true, description: 'Refused until agents can be deployed' })
  agent?: OnboardingAgent;
}

export class OnboardingIdRequest {
  @Uuid() id: string;
}

export class ListOnboardingsRequest extends PageRequest {
  @OneOf(ONBOARDING_STATUSES, { optional: true }) status?: OnboardingStatus;
}

/** What is left to do for the caller and their tenant (IM-24). */
export class OwnOnboarding {
  @OneOf(['self', 'quick'], { description: 'By themselves, or by a super admin' }) kind: 'self' | 'quick';
  @OneOf(ONBOARDING_STATUSES) status: OnboardingStatus;
  @ListOf(() => OnboardingStep) steps: OnboardingStep[];
}

const ADMINISTRATION = { service: 'identity', role: 'super_admin' } as const;

/** Account, tenant and settings at once, all or nothing; plan and agent follow. Mails a link to choose a password. */
export const startOnboarding = defineOperation({
  name: 'identity.onboardings.start',
  request: StartOnboardingRequest,
  response: OnboardingRun,
  ...ADMINISTRATION,
});

export const getOnboarding = defineOperation({
  name: 'identity.onboardings.get',
  request: OnboardingIdRequest,
  response: OnboardingRun,
  ...ADMINISTRATION,
});

export const listOnboardings = defineOperation({
  name: 'identity.onboardings.list',
  request: ListOnboardingsRequest,
  response: OnboardingRunPage,
  ...ADMINISTRATION,
});

export const getOwnOnboarding = defineOperation({
  name: 'identity.onboarding.own',
  service: 'identity',
  request: Nothing,
  response: OwnOnboarding,
});
