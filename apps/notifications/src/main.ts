import { runService } from '@parley/platform';
import { notifications } from './service';

runService(notifications);
