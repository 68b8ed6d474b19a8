import { Controller } from '@nestjs/common';
import {
  getUsage,
  getUsageHistory,
  type Nothing,
  type UsageHistory,
  type UsageHistoryRequest,
  type UsageResponse,
} from '@parley/contracts';
import { Handles } from '@parley/messaging';
import { UsageHistoryReadModel } from './usage-history.read-model';
import { UsageReadModel } from './usage.read-model';

@Controller()
export class UsageController {
  constructor(
    private readonly usage: UsageReadModel,
    private readonly days: UsageHistoryReadModel,
  ) {}

  @Handles(getUsage)
  status(_request: Nothing): Promise<UsageResponse> {
    return this.usage.status();
  }

  @Handles(getUsageHistory)
  history(request: UsageHistoryRequest): Promise<UsageHistory> {
    return this.days.history(request);
  }
}
