import { Inject, Injectable } from '@nestjs/common';
import { CONFIG, LiveConfig } from '@parley/platform';
import Stripe from 'stripe';
import type { BillingConfig } from '../config';
import { refusalOf } from './stripe.errors';
import { stripeEndpoint } from './stripe-endpoint';

/** Types describe this version only; the webhook endpoint is made in it as well. */
export const STRIPE_API_VERSION = '2026-10-28.endive';

/** The official SDK, with our limits on time and tries. Never used inside a transaction. */
@Injectable()
export class StripeClient {
  private sdk: Stripe;

  constructor(
    @Inject(CONFIG) private readonly config: BillingConfig,
    @Inject(LiveConfig) live: LiveConfig<BillingConfig>,
  ) {
    this.sdk = this.sdkWith(config.STRIPE_SECRET_KEY);
    live.onChange((keys) => {
      if (keys.has('STRIPE_SECRET_KEY')) this.sdk = this.sdkWith(live.get('STRIPE_SECRET_KEY'));
    });
  }

  /** Questions under way go on with the key they began with. */
  private sdkWith(key: string | undefined): Stripe {
    const { config } = this;
    const { apiKey, ...place } = stripeEndpoint({ ...config, STRIPE_SECRET_KEY: key });
    return new Stripe(apiKey, {
      ...place,
      apiVersion: STRIPE_API_VERSION,
      timeout: config.STRIPE_TIMEOUT_MS,
      maxNetworkRetries: config.STRIPE_MAX_RETRIES,
      telemetry: false,
    });
  }

  /** @throws AppError in our words when Stripe refuses or cannot be reached */
  async ask<T>(question: (stripe: Stripe) => Promise<T>): Promise<T> {
    try {
      return await question(this.sdk);
    } catch (error) {
      throw refusalOf(error);
    }
  }

  /** Every object of a list, page after page. */
  async all<T extends { id: string }>(
    page: (stripe: Stripe, after: { starting_after?: string; limit: number }) => Promise<Stripe.ApiList<T>>,
  ): Promise<T[]> {
    const found: T[] = [];
    for (;;) {
      const last = found.at(-1)?.id;
      const { data, has_more: more } = await this.ask((stripe) =>
        page(stripe, { limit: 100, ...(last ? { starting_after: last } : {}) }),
      );
      found.push(...data);
      if (!more || data.length === 0) return found;
    }
  }
}
