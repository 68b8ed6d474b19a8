import { runService } from '@parley/platform';
import { analytics } from './service';

runService(analytics);
