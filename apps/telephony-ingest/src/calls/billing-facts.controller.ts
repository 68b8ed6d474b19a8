import { Controller, Inject } from '@nestjs/common';
import { callBillingFacts, type CallBillingFactsPage, type CallBillingFactsRequest } from '@parley/contracts';
import { Handles } from '@parley/messaging';
import { BillingFactsReadModel } from './billing-facts.read-model';

@Controller()
export class BillingFactsController {
  constructor(@Inject(BillingFactsReadModel) private readonly facts: BillingFactsReadModel) {}

  @Handles(callBillingFacts)
  page(request: CallBillingFactsRequest): Promise<CallBillingFactsPage> {
    return this.facts.page(request);
  }
}
