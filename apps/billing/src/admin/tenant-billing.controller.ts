import { Controller } from '@nestjs/common';
import {
  adjustCredits,
  type AdjustCreditsRequest,
  type AdjustedCredits,
  type BillingSummaries,
  type BillingSummariesRequest,
  Nothing,
  pauseUsage,
  type PauseUsageRequest,
  resumeUsage,
  summarizeBilling,
  type UsageTenantParam,
} from '@parley/contracts';
import { Handles } from '@parley/messaging';
import { BillingSummariesService } from './billing-summaries';
import { TenantBillingService } from './tenant-billing.service';

@Controller()
export class TenantBillingController {
  constructor(
    private readonly tenants: TenantBillingService,
    private readonly summaries: BillingSummariesService,
  ) {}

  @Handles(summarizeBilling)
  summarize({ tenantIds }: BillingSummariesRequest): Promise<BillingSummaries> {
    return this.summaries.of(tenantIds);
  }

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
