import { Injectable } from '@nestjs/common';
import { type BillingSummaries, type BillingSummary, currentCaller, runAs } from '@parley/contracts';
import { SubscriptionsReadModel } from '../subscriptions/subscriptions.read-model';
import { UsageReadModel } from '../usage/usage.read-model';

/** What each of some tenants would see of its plans and use. */
@Injectable()
export class BillingSummariesService {
  constructor(
    private readonly subscriptions: SubscriptionsReadModel,
    private readonly usage: UsageReadModel,
  ) {}

  async of(tenantIds: readonly string[]): Promise<BillingSummaries> {
    const data: BillingSummary[] = [];
    for (const tenantId of new Set(tenantIds)) {
      data.push(await runAs({ ...currentCaller(), tenantId }, () => this.one(tenantId)));
    }
    return { data };
  }

  private async one(tenantId: string): Promise<BillingSummary> {
    const { subscriptions } = await this.subscriptions.list();
    return { tenantId, subscriptions, usage: await this.usage.status() };
  }
}
