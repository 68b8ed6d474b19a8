import { Day, Int, ListOf, OneOf } from '../fields';
import { defineOperation } from '../rpc';
import { PLAN_METERS, type UsageMeter } from './meters';

export const MAX_HISTORY_DAYS = 366;

export class UsageHistoryRequest {
  @Day({ optional: true, description: 'First day, UTC; 30 days before the last by default' }) from?: string;
  @Day({ optional: true, description: 'Last day, UTC, included; today by default' }) to?: string;
  @OneOf(PLAN_METERS, { optional: true, description: 'All of them by default' }) meter?: UsageMeter;
}

export class DailyUsage {
  @Day() day: string;
  @OneOf(PLAN_METERS) meter: UsageMeter;
  @Int({ min: 0, description: 'Units, as billed' }) quantity: number;
  @Int({ min: 1, description: 'Calls, messages, sessions, prompts' }) sources: number;
}

export class UsageHistory {
  @ListOf(() => DailyUsage, { max: 4_000, description: 'Days and meters with use, oldest first' })
  days: DailyUsage[];
}

/** Use by the day it happened, corrections included. */
export const getUsageHistory = defineOperation({
  name: 'billing.usage.history',
  service: 'billing',
  request: UsageHistoryRequest,
  response: UsageHistory,
});
