import { Controller } from '@nestjs/common';
import { stripeReceivedV1, type StripeReceivedV1 } from '@parley/contracts';
import { OnEvent } from '@parley/messaging';
import { StripeEvents } from './stripe-events.service';

@Controller()
export class StripeEventsConsumer {
  constructor(private readonly events: StripeEvents) {}

  @OnEvent(stripeReceivedV1)
  onStripe(event: StripeReceivedV1): Promise<void> {
    return this.events.receive(event);
  }
}
