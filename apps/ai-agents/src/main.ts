import { runService } from '@parley/platform';
import { aiAgents } from './service';

runService(aiAgents);
