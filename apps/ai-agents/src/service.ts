import { privacyRequestedV1, retentionChangedV1 } from '@parley/contracts';
import { defineService } from '@parley/platform';
import { AiAgentsModule } from './ai-agents.module';
import { agentsConfig } from './config';
import { AgentsSchema1700000200000 } from './migrations/agents-schema.migration';
import { Retention1700001420000 } from './migrations/retention.migration';

export const aiAgents = defineService({
  name: 'ai-agents',
  config: agentsConfig,
  module: AiAgentsModule,
  migrations: [AgentsSchema1700000200000, Retention1700001420000],
  consumes: [privacyRequestedV1, retentionChangedV1],
  jobs: true,
});
