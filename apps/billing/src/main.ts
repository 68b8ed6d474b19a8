import { runService } from '@parley/platform';
import { billing } from './service';

runService(billing);
