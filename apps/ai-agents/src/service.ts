import { defineService } from '@parley/platform';
import { AiAgentsModule } from './ai-agents.module';
import { agentsConfig } from './config';
import { AgentsSchema1700000200000 } from './migrations/agents-schema.migration';

export const aiAgents = defineService({
  name: 'ai-agents',
  config: agentsConfig,
  module: AiAgentsModule,
  migrations: [AgentsSchema1700000200000],
});
