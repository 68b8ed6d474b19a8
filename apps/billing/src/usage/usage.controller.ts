import { Controller } from '@nestjs/common';
import { getUsage, type Nothing, type UsageResponse } from '@parley/contracts';
import { Handles } from '@parley/messaging';
import { UsageReadModel } from './usage.read-model';

@Controller()
export class UsageController {
  constructor(private readonly usage: UsageReadModel) {}

  @Handles(getUsage)
  status(_request: Nothing): Promise<UsageResponse> {
    return this.usage.status();
  }
}
