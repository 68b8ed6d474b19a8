import { Injectable } from '@nestjs/common';
import { newId, type PackKind, type UsageMeter } from '@parley/contracts';
import { Database } from '@parley/persistence';
import type { Plan } from './plan';

export interface Pack {
  readonly code: string;
  readonly version: number;
  readonly kind: PackKind;
  readonly meter: UsageMeter;
  readonly quantity: number;
  readonly amountCents: number;
  readonly currency: string;
  readonly stripePriceId: string | null;
  readonly isActive: boolean;
  readonly isExample: boolean;
}

const PLAN = `SELECT p.id, p.code, p.version, p.product_line AS "productLine", p.name, p.rank, p.features, p.seats,
    p.procedures_visible AS "proceduresVisible", p.is_public AS "isPublic", p.is_example AS "isExample",
    (SELECT coalesce(json_agg(json_build_object('interval', interval, 'amountCents', amount_cents,
       'currency', currency, 'metered', metered, 'stripePriceId', stripe_price_id) ORDER BY amount_cents), '[]')
       FROM prices WHERE plan_id = p.id) AS prices,
    (SELECT coalesce(json_agg(json_build_object('meter', meter, 'included', included, 'noticePct', notice_pct,
       'softPct', soft_pct, 'hardPct', hard_pct, 'overage', overage, 'overageCents', overage_cents)
       ORDER BY meter), '[]') FROM plan_entitlements WHERE plan_id = p.id) AS entitlements,
    (SELECT coalesce(json_agg(module ORDER BY module), '[]') FROM plan_modules WHERE plan_id = p.id) AS modules
  FROM plans p`;

const NEWEST = 'NOT EXISTS (SELECT FROM plans newer WHERE newer.code = p.code AND newer.version > p.version)';

const PACK = `SELECT DISTINCT ON (code) code, version, kind, meter, quantity::float8 AS quantity,
    amount_cents::float8 AS "amountCents", currency, stripe_price_id AS "stripePriceId", is_active AS "isActive",
    is_example AS "isExample" FROM packs`;

@Injectable()
export class CatalogueRepository {
  constructor(private readonly database: Database) {}

  /** The newest version of each plan. */
  newest(): Promise<Plan[]> {
    return this.database.query<Plan>(`${PLAN} WHERE ${NEWEST} ORDER BY p.product_line, p.rank, p.code`);
  }

  byIds(ids: readonly string[]): Promise<Plan[]> {
    return this.database.query<Plan>(`${PLAN} WHERE p.id = ANY($1)`, [ids]);
  }

  /** @param version the newest when not said */
  async find(code: string, version?: number): Promise<Plan | undefined> {
    const [plan] = version
      ? await this.database.query<Plan>(`${PLAN} WHERE p.code = $1 AND p.version = $2`, [code, version])
      : await this.database.query<Plan>(`${PLAN} WHERE p.code = $1 AND ${NEWEST}`, [code]);
    return plan;
  }

  packs(): Promise<Pack[]> {
    return this.database.query<Pack>(`${PACK} ORDER BY code, version DESC`);
  }

  async findPack(code: string): Promise<Pack | undefined> {
    const [pack] = await this.database.query<Pack>(`${PACK} WHERE code = $1 ORDER BY code, version DESC`, [
      code,
    ]);
    return pack;
  }

  /** Edits of one code take turns. */
  async lock(code: string): Promise<void> {
    await this.database.execute('SELECT pg_advisory_xact_lock(hashtextextended($1, 17))', [code]);
  }

  async add(plan: Omit<Plan, 'id'>, createdBy: string | null): Promise<Plan> {
    const id = newId();
    await this.database.execute(
      `INSERT INTO plans (id, code, version, product_line, name, rank, features, seats, procedures_visible, is_public,
         is_example, created_by) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)`,
      [
        id,
        plan.code,
        plan.version,
        plan.productLine,
        plan.name,
        plan.rank,
        JSON.stringify(plan.features),
        plan.seats,
        plan.proceduresVisible,
        plan.isPublic,
        plan.isExample,
        createdBy,
      ],
    );
    await this.addRows('prices', id, plan.prices);
    await this.addRows('plan_entitlements', id, plan.entitlements);
    await this.addRows(
      'plan_modules',
      id,
      plan.modules.map((module) => ({ module })),
    );
    return { ...plan, id };
  }

  async addPack(pack: Pack, createdBy: string | null): Promise<void> {
    await this.database.execute(
      `INSERT INTO packs (id, code, version, kind, meter, quantity, amount_cents, currency, stripe_price_id, is_active,
         is_example, created_by) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)`,
      [
        newId(),
        pack.code,
        pack.version,
        pack.kind,
        pack.meter,
        pack.quantity,
        pack.amountCents,
        pack.currency,
        pack.stripePriceId,
        pack.isActive,
        pack.isExample,
        createdBy,
      ],
    );
  }

  private async addRows(table: keyof typeof PARTS, planId: string, rows: readonly object[]): Promise<void> {
    await this.database.execute(PARTS[table], [planId, JSON.stringify(rows)]);
  }
}

/** Rows come as JSON, in the words of `Plan`. */
const PARTS = {
  prices: `INSERT INTO prices (id, plan_id, interval, amount_cents, currency, metered, stripe_price_id)
    SELECT gen_random_uuid(), $1::uuid, "interval", "amountCents", currency, metered, "stripePriceId"
    FROM json_to_recordset($2) AS row ("interval" text, "amountCents" bigint, currency text, metered boolean,
      "stripePriceId" text)`,
  plan_entitlements: `INSERT INTO plan_entitlements (plan_id, meter, included, notice_pct, soft_pct, hard_pct, overage,
      overage_cents)
    SELECT $1::uuid, meter, included, "noticePct", "softPct", "hardPct", overage, "overageCents"
    FROM json_to_recordset($2) AS row (meter text, included bigint, "noticePct" int, "softPct" int, "hardPct" int,
      overage boolean, "overageCents" bigint)`,
  plan_modules: `INSERT INTO plan_modules (plan_id, module)
    SELECT $1::uuid, module FROM json_to_recordset($2) AS row (module text)`,
} as const;
