import { runService } from '@parley/platform';
import { gateway } from './service';

runService(gateway);
