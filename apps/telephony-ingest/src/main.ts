import { runService } from '@parley/platform';
import { telephonyIngest } from './service';

runService(telephonyIngest);
