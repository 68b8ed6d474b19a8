import { Injectable } from '@nestjs/common';
import { ProviderFailed } from '@parley/contracts';
import { StripeClient } from '../stripe/stripe.client';
import { planNamed } from '../stripe/subscription-metadata';

/** Pages at Stripe that could still be paid. Stripe is asked, so that one is found whose row was never written. */
@Injectable()
export class OpenPages {
  constructor(private readonly stripe: StripeClient) {}

  /** Closes those that would sell a plan of the product line, or all. @returns which, among them those just paid */
  async close(customer: string, productLine?: string): Promise<string[]> {
    const open = await this.stripe.all((stripe, page) =>
      stripe.checkout.sessions.list({ customer, status: 'open', ...page }),
    );
    const found = open.filter(
      ({ metadata }) =>
        !productLine || planNamed(metadata ?? {})?.code.startsWith(`${productLine}.`) === true,
    );
    for (const { id } of found) await this.expire(id);
    return found.map(({ id }) => id);
  }

  /** One that was paid or expired meanwhile is not open any more either. */
  private async expire(id: string): Promise<void> {
    try {
      await this.stripe.ask((stripe) => stripe.checkout.sessions.expire(id));
    } catch (error) {
      if (!(error instanceof ProviderFailed)) throw error;
      const { status } = await this.stripe.ask((stripe) => stripe.checkout.sessions.retrieve(id));
      if (status === 'open') throw error;
    }
  }
}
