export { aiAgents } from './service';
