import { Controller } from '@nestjs/common';
import {
  type EntitlementsResponse,
  getEntitlements,
  getSubscriptions,
  type Nothing,
  type SubscriptionsResponse,
} from '@parley/contracts';
import { Handles } from '@parley/messaging';
import { SubscriptionsReadModel } from './subscriptions.read-model';

@Controller()
export class SubscriptionsController {
  constructor(private readonly subscriptions: SubscriptionsReadModel) {}

  @Handles(getSubscriptions)
  list(_request: Nothing): Promise<SubscriptionsResponse> {
    return this.subscriptions.list();
  }

  @Handles(getEntitlements)
  entitlements(_request: Nothing): Promise<EntitlementsResponse> {
    return this.subscriptions.entitlements();
  }
}
