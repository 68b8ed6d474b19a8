import { Injectable } from '@nestjs/common';
import { Database } from '@parley/persistence';
import type { Fact } from './commission';

export interface KeptFact extends Fact {
  /** Whether commissions follow it already. */
  readonly applied: boolean;
}

const COLUMNS = `fact_key AS key, kind, payment_id AS "paymentId", payment_kind AS "paymentKind",
  amount_cents::float8 AS "amountCents", currency, card, dispute_id AS "disputeId",
  dispute_status AS "disputeStatus", occurred_at AS "occurredAt", applied`;

/** Referrals whose tenants paid with a card. */
export interface CardSighting {
  /** Null: the referrer's own tenant. */
  readonly referralId: string | null;
  readonly payingTenantId: string;
}

@Injectable()
export class FactsRepository {
  constructor(private readonly database: Database) {}

  /** Keeps facts of a paying tenant among the rows of `tenantId`; what is known stays as it is. */
  async keep(tenantId: string, payingTenantId: string, facts: readonly Fact[]): Promise<void> {
    if (facts.length === 0) return;
    await this.database.execute(
      `INSERT INTO referral_facts (tenant_id, paying_tenant_id, fact_key, kind, payment_id, payment_kind, amount_cents,
         currency, card, dispute_id, dispute_status, occurred_at)
       SELECT $1, $2, f.key, f.kind, f."paymentId", f."paymentKind", f."amountCents", f.currency, f.card,
         f."disputeId", f."disputeStatus", f."occurredAt"
       FROM jsonb_to_recordset($3::jsonb) AS f (key text, kind text, "paymentId" uuid, "paymentKind" text,
         "amountCents" bigint, currency text, card text, "disputeId" uuid, "disputeStatus" text,
         "occurredAt" timestamptz)
       ON CONFLICT DO NOTHING`,
      [tenantId, payingTenantId, JSON.stringify(facts)],
    );
  }

  /** What happened first comes first. */
  async of(tenantId: string, payingTenantId: string): Promise<KeptFact[]> {
    return this.database.query<KeptFact>(
      `SELECT ${COLUMNS} FROM referral_facts WHERE tenant_id = $1 AND paying_tenant_id = $2
       ORDER BY occurred_at, fact_key`,
      [tenantId, payingTenantId],
    );
  }

  async markApplied(tenantId: string, payingTenantId: string, keys: readonly string[]): Promise<void> {
    if (keys.length === 0) return;
    await this.database.execute(
      `UPDATE referral_facts SET applied = true
       WHERE tenant_id = $1 AND paying_tenant_id = $2 AND fact_key = ANY($3)`,
      [tenantId, payingTenantId, keys],
    );
  }

  /** Who else paid with these cards: the referrer's own tenant, and others that the same person referred. */
  async sightings(
    referral: { tenantId: string; referrerUserId: string; referredTenantId: string },
    cards: readonly string[],
  ): Promise<CardSighting[]> {
    if (cards.length === 0) return [];
    return this.database.query<CardSighting>(
      `SELECT DISTINCT r.id AS "referralId", f.paying_tenant_id AS "payingTenantId" FROM referral_facts f
       LEFT JOIN referrals r ON r.referred_tenant_id = f.paying_tenant_id
       WHERE f.tenant_id = $1 AND f.card = ANY($4) AND f.paying_tenant_id <> $3
         AND (f.paying_tenant_id = $1 OR r.referrer_user_id = $2) ORDER BY 1, 2`,
      [referral.tenantId, referral.referrerUserId, referral.referredTenantId, cards],
    );
  }

  /** Tenants it referred that paid with a card the tenant itself paid with. */
  async sharingCardsWith(tenantId: string): Promise<string[]> {
    const rows = await this.database.query<{ payingTenantId: string }>(
      `SELECT DISTINCT f.paying_tenant_id AS "payingTenantId" FROM referral_facts own
       JOIN referral_facts f ON f.tenant_id = own.tenant_id AND f.card = own.card AND f.paying_tenant_id <> $1
       WHERE own.tenant_id = $1 AND own.paying_tenant_id = $1 ORDER BY 1`,
      [tenantId],
    );
    return rows.map(({ payingTenantId }) => payingTenantId);
  }
}
