import { Invalid, NotFound } from '@parley/contracts';

export class OnboardingNotFound extends NotFound {
  constructor() {
    super('No such onboarding');
  }
}

/** Better said at once than waited for: ai-agents offers personas to talk to, and deploys no agents yet. */
export class AgentsNotDeployedYet extends Invalid {
  constructor() {
    super('Agents cannot be deployed yet: leave `agent` out', [
      { field: 'agent', message: 'is not offered yet' },
    ]);
  }
}
