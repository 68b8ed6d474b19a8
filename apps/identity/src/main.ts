import { runService } from '@parley/platform';
import { identity } from './service';

runService(identity);
