import { MetricsController } from './metrics.controller';

export const ANALYTICS_CONTROLLERS = [MetricsController];
