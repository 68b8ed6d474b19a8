import { Injectable } from '@nestjs/common';
import type {
  CancelSubscriptionRequest,
  ProductLine,
  SubscribeRequest,
  SubscriptionResponse,
} from '@parley/contracts';
import { ActRecorder } from '@parley/messaging';
import { Database } from '@parley/persistence';
import { SubscriptionChanges } from './subscription-changes.service';

/** What a tenant decides about its own plans; on record once Stripe has it. */
@Injectable()
export class OwnSubscription {
  constructor(
    private readonly database: Database,
    private readonly acts: ActRecorder,
    private readonly changes: SubscriptionChanges,
  ) {}

  async put(request: SubscribeRequest): Promise<SubscriptionResponse> {
    return this.record('subscription.changed', await this.changes.put(request));
  }

  async cancel(request: CancelSubscriptionRequest): Promise<SubscriptionResponse> {
    return this.record('subscription.cancelled', await this.changes.cancel(request));
  }

  async resume(productLine: ProductLine | undefined): Promise<SubscriptionResponse> {
    return this.record('subscription.resumed', await this.changes.resume(productLine));
  }

  private async record(action: string, subscription: SubscriptionResponse): Promise<SubscriptionResponse> {
    const { id: resourceId, productLine, plan, status, cancelAtPeriodEnd } = subscription;
    const after = { productLine, plan, status, cancelAtPeriodEnd };
    await this.database.tenant(() =>
      this.acts.record({ action, resourceType: 'subscription', resourceId, after }),
    );
    return subscription;
  }
}
