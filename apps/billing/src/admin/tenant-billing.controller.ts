import { Controller } from '@nestjs/common';
import {
  adjustCredits,
  type AdjustCreditsRequest,
  type AdjustedCredits,
  Nothing,
  pauseUsage,
  type PauseUsageRequest,
  resumeUsage,
  type UsageTenantParam,
} from '@parley/contracts';
import { Handles } from '@parley/messaging';
import { TenantBillingService } from './tenant-billing.service';

@Controller()
export class TenantBillingController {
  constructor(private readonly tenants: TenantBillingService) {}

  @Handles(pauseUsage)
  async pause(request: PauseUsageRequest): Promise<Nothing> {
    await this.tenants.pause(request);
    return new Nothing();
  }

  @Handles(resumeUsage)
  async resume({ id }: UsageTenantParam): Promise<Nothing> {
    await this.tenants.resume(id);
    return new Nothing();
  }

  @Handles(adjustCredits)
  adjust(request: AdjustCreditsRequest): Promise<AdjustedCredits> {
    return this.tenants.adjust(request);
  }
}
