import { Injectable } from '@nestjs/common';
import { Invalid, ProviderFailed } from '@parley/contracts';
import { StripeClient } from '../stripe/stripe.client';
import { isUnknownAtStripe } from '../stripe/stripe.errors';

/** Cards that people chose at the client, by Stripe’s id of them. */
@Injectable()
export class Cards {
  constructor(private readonly stripe: StripeClient) {}

  /**
   * Makes it the customer's default. A subscription made at a page has a card of its own, which goes first: it has to
   * be given this one as well.
   * @returns the id it has from now on
   */
  async choose(customer: string, paymentMethodId: string): Promise<string> {
    const { id } = await this.attach(paymentMethodId, customer);
    await this.stripe.ask((stripe) =>
      stripe.customers.update(customer, { invoice_settings: { default_payment_method: id } }),
    );
    return id;
  }

  /** A card of anybody else's is refused by Stripe. */
  private async attach(paymentMethodId: string, customer: string): Promise<{ id: string }> {
    try {
      return await this.stripe.ask((stripe) => stripe.paymentMethods.attach(paymentMethodId, { customer }));
    } catch (error) {
      if (!(error instanceof ProviderFailed) && !isUnknownAtStripe(error)) throw error;
      throw new Invalid('Invalid input: paymentMethodId', [
        { field: 'paymentMethodId', message: 'cannot be used' },
      ]);
    }
  }
}
