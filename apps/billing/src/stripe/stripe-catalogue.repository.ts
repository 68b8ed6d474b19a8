import { Injectable } from '@nestjs/common';
import type { PriceInterval, UsageMeter } from '@parley/contracts';
import { Database } from '@parley/persistence';

export interface SoldPlan {
  readonly code: string;
  readonly version: number;
  readonly interval: PriceInterval;
}

/** Which price at Stripe stands for what. Rows are everybody's: written in system scope. */
@Injectable()
export class StripeCatalogueRepository {
  constructor(private readonly database: Database) {}

  /** Versions of a plan that cost the same share a price: newest first. */
  plansAt(stripePriceId: string): Promise<SoldPlan[]> {
    return this.database.query<SoldPlan>(
      `SELECT p.code, p.version, r.interval FROM prices r JOIN plans p ON p.id = r.plan_id
       WHERE r.stripe_price_id = $1 ORDER BY p.version DESC`,
      [stripePriceId],
    );
  }

  async keepPrice(planId: string, interval: PriceInterval, stripePriceId: string): Promise<void> {
    await this.database.execute(
      'UPDATE prices SET stripe_price_id = $3 WHERE plan_id = $1 AND interval = $2',
      [planId, interval, stripePriceId],
    );
  }

  async keepPackPrice(code: string, version: number, stripePriceId: string): Promise<void> {
    await this.database.execute('UPDATE packs SET stripe_price_id = $3 WHERE code = $1 AND version = $2', [
      code,
      version,
      stripePriceId,
    ]);
  }

  async overagePrice(
    planId: string,
    meter: UsageMeter,
    interval: PriceInterval,
  ): Promise<string | undefined> {
    const [row] = await this.database.query<{ id: string | null }>(
      'SELECT stripe_prices->>$3 AS id FROM plan_entitlements WHERE plan_id = $1 AND meter = $2',
      [planId, meter, interval],
    );
    return row?.id ?? undefined;
  }

  async keepOveragePrice(
    planId: string,
    meter: UsageMeter,
    interval: PriceInterval,
    id: string,
  ): Promise<void> {
    await this.database.execute(
      `UPDATE plan_entitlements SET stripe_prices = stripe_prices || jsonb_build_object($3::text, $4::text)
       WHERE plan_id = $1 AND meter = $2`,
      [planId, meter, interval, id],
    );
  }
}
