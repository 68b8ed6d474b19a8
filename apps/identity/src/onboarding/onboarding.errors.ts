import { NotFound } from '@parley/contracts';

export class OnboardingNotFound extends NotFound {
  constructor() {
    super('No such onboarding');
  }
}
