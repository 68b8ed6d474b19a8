import { baseShape, type ConfigOf } from '@parley/platform';

export const analyticsConfig = { ...baseShape };

export type AnalyticsConfig = ConfigOf<typeof analyticsConfig>;
