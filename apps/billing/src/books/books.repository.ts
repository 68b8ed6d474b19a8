import { Injectable } from '@nestjs/common';
import { newId, type UsageMeter } from '@parley/contracts';
import { Database } from '@parley/persistence';
import { Books } from './books';
import type { BooksState, Burn, Grant, Hold, Period, TenantRow, UsageRecord, Wallet } from './books.state';
import { Changes } from './changes';

/** What of the books a change needs to see beside the balances. */
export interface Focus {
  /** What is used or held, such as `call:<id>`. */
  readonly sourceKey?: string;
  readonly naturalKeys?: readonly string[];
  /** Grants to see though nothing is left of them, by source key. */
  readonly grants?: readonly string[];
  /** Meters that are about to be used or held: their periods must be open. */
  readonly meters?: readonly UsageMeter[];
  /** Holds that nobody ended in time. */
  readonly forgottenHolds?: boolean;
}

type Dated<Row, Field extends keyof Row> = Omit<Row, Field> & { [Key in Field]: string };
type Nullable<Row, Field extends keyof Row> = Omit<Row, Field> & { [Key in Field]: string | null };

interface LoadedRow {
  wallets: Wallet[];
  grants: Nullable<Dated<Grant, 'grantedAt'>, 'expiresAt'>[];
  burns: Burn[];
  periods: Nullable<Dated<Period, 'periodStart' | 'periodEnd'>, 'closedAt'>[];
  holds: Dated<Hold, 'expiresAt'>[];
  usage: UsageRecord[];
  accounts: { id: string; code: string }[];
  posted: string[];
}

interface LockedRow extends Omit<TenantRow, 'postings' | 'entitlementsVersion' | 'standingVersion'> {
  postings: string;
  entitlementsVersion: string;
  standingVersion: string;
}

const LOCK = `SELECT tenant_id AS "tenantId", postings, opened_at AS "openedAt", first_used_at AS "firstUsedAt",
  low_notified_at AS "lowNotifiedAt", paused_at AS "pausedAt", grace_until AS "graceUntil",
  entitlements_version AS "entitlementsVersion", standing_version AS "standingVersion", standing
  FROM tenant_books WHERE tenant_id = $1 FOR UPDATE`;

/** A second statement, since one that waited for the lock would see what was there before it waited. */
const LOAD = `
  WITH burn AS (
    SELECT * FROM grant_burns WHERE tenant_id = $1 AND source_key = $2 AND amount > returned
    UNION
    SELECT * FROM grant_burns WHERE tenant_id = $1 AND cover = 'overdraft' AND amount > returned),
  used AS (SELECT * FROM usage_records WHERE tenant_id = $1 AND source_type = split_part($2, ':', 1)
    AND source_id = substr($2, strpos($2, ':') + 1))
  SELECT
  (SELECT coalesce(json_agg(json_build_object('meter', meter, 'balance', balance, 'held', held,
     'version', version)), '[]') FROM wallets WHERE tenant_id = $1) AS wallets,
  (SELECT coalesce(json_agg(json_build_object('id', id, 'meter', meter, 'kind', kind, 'priority', priority,
     'quantity', quantity, 'remaining', remaining, 'revoked', revoked, 'expiresAt', expires_at,
     'sourceKey', source_key, 'grantedAt', granted_at, 'periodId', period_id)), '[]') FROM (
       SELECT * FROM grants WHERE tenant_id = $1 AND live
       UNION SELECT * FROM grants WHERE tenant_id = $1 AND source_key = ANY($4)
       UNION SELECT g.* FROM usage_periods p JOIN grants g ON g.period_id = p.id
         WHERE p.tenant_id = $1 AND p.closed_at IS NULL
       UNION SELECT g.* FROM burn b JOIN grants g ON g.id = b.grant_id) g) AS grants,
  (SELECT coalesce(json_agg(json_build_object('id', id, 'sourceKey', source_key, 'usageMeter', usage_meter,
     'meter', meter, 'account', account, 'cover', cover, 'grantId', grant_id, 'amount', amount,
     'returned', returned) ORDER BY id), '[]') FROM burn) AS burns,
  (SELECT coalesce(json_agg(json_build_object('id', id, 'meter', meter, 'periodStart', period_start,
     'periodEnd', period_end, 'subscriptionId', subscription_id, 'included', included, 'topup', topup,
     'used', used, 'noticePct', notice_pct, 'softPct', soft_pct, 'hardPct', hard_pct, 'overage', overage,
     'told', told, 'closedAt', closed_at)), '[]')
     FROM usage_periods WHERE tenant_id = $1
       AND (closed_at IS NULL OR id IN (SELECT period_id FROM used))) AS periods,
  (SELECT coalesce(json_agg(json_build_object('id', id, 'sourceKey', source_key, 'meter', meter,
     'quantity', quantity, 'state', state, 'overdrawn', overdrawn, 'expiresAt', expires_at)), '[]')
     FROM holds WHERE tenant_id = $1
       AND (source_key = $2 OR ($5 AND state = 'open' AND expires_at <= now()))) AS holds,
  (SELECT coalesce(json_agg(json_build_object('id', id, 'meter', meter, 'version', source_version,
     'quantity', quantity, 'periodId', period_id)), '[]')
     FROM used) AS usage,
  (SELECT coalesce(json_agg(json_build_object('id', id, 'code', code)), '[]')
     FROM ledger_accounts WHERE tenant_id = $1) AS accounts,
  (SELECT coalesce(json_agg(natural_key), '[]') FROM ledger_transactions
    WHERE tenant_id = $1 AND natural_key = ANY($3)) AS posted`;

/** A tenant's books: locked and loaded whole, decided on in memory, stored at once. */
@Injectable()
export class BooksRepository {
  constructor(private readonly database: Database) {}

  /** Holds the tenant's books until the open transaction ends; its first change makes them. */
  async lock(tenantId: string, focus: Focus = {}): Promise<Books> {
    const books = await this.load(await this.lockTenant(tenantId), focus);
    books.expireDue();
    return books;
  }

  /** The books as they stand, to look at only. */
  async peek(tenantId: string, focus: Focus = {}): Promise<Books> {
    const [row] = await this.database.query<LockedRow>(LOCK.replace('FOR UPDATE', ''), [tenantId]);
    return this.load(row ? fromLockedRow(row) : unknownTenant(tenantId), focus);
  }

  /** Stores what was decided: one statement, whatever it touched. */
  async save(books: Books): Promise<void> {
    const changes = new Changes(books.tenantId);
    const { state, transactions, changed } = books;
    changes.accounts(openAccounts(books));
    changes.transactions(transactions);
    changes.entries(transactions, state.accounts);
    changes.wallets([...changed.wallets]);
    changes.grants([...changed.grants]);
    changes.burns([...changed.burns]);
    changes.periods([...changed.periods]);
    changes.holds([...changed.holds]);
    changes.events(books.events);
    changes.usage([...changed.usage.values()]);
    const { name, sql, parameters } = changes.statement(state.tenant);
    await this.database.prepared(name, sql, parameters);
  }

  private async lockTenant(tenantId: string): Promise<TenantRow> {
    const [known] = await this.database.prepared<LockedRow>('books-lock', LOCK, [tenantId]);
    if (known) return fromLockedRow(known);
    await this.database.execute('INSERT INTO tenant_books (tenant_id) VALUES ($1) ON CONFLICT DO NOTHING', [
      tenantId,
    ]);
    const [made] = await this.database.query<LockedRow>(LOCK, [tenantId]);
    return made ? fromLockedRow(made) : unknownTenant(tenantId);
  }

  private async load(tenant: TenantRow, focus: Focus): Promise<Books> {
    const { sourceKey = '', naturalKeys = [], grants = [], forgottenHolds = false } = focus;
    const [row] = await this.database.prepared<LoadedRow>('books-load', LOAD, [
      tenant.tenantId,
      sourceKey,
      naturalKeys,
      grants,
      forgottenHolds,
    ]);
    if (!row) throw new Error('The books answered nothing');
    return new Books(stateOf(tenant, row), new Date());
  }
}

/** Accounts are opened at their first use. */
function openAccounts({ state: { accounts }, transactions }: Books): { id: string; code: string }[] {
  const opened: { id: string; code: string }[] = [];
  for (const { account: code } of transactions.flatMap(({ entries }) => entries)) {
    if (accounts.has(code)) continue;
    const id = newId();
    accounts.set(code, id);
    opened.push({ id, code });
  }
  return opened;
}

function stateOf(tenant: TenantRow, row: LoadedRow): BooksState {
  return {
    tenant,
    wallets: row.wallets,
    grants: row.grants.map((grant) => ({
      ...grant,
      expiresAt: instant(grant.expiresAt),
      grantedAt: new Date(grant.grantedAt),
    })),
    burns: row.burns,
    periods: row.periods.map((period) => ({
      ...period,
      periodStart: new Date(period.periodStart),
      periodEnd: new Date(period.periodEnd),
      closedAt: instant(period.closedAt),
    })),
    holds: row.holds.map((hold) => ({ ...hold, expiresAt: new Date(hold.expiresAt) })),
    usage: row.usage,
    accounts: new Map(row.accounts.map(({ id, code }) => [code, id])),
    posted: new Set(row.posted),
  };
}

const instant = (text: string | null): Date | null => (text === null ? null : new Date(text));

const fromLockedRow = (row: LockedRow): TenantRow => ({
  ...row,
  postings: Number(row.postings),
  entitlementsVersion: Number(row.entitlementsVersion),
  standingVersion: Number(row.standingVersion),
});

const unknownTenant = (tenantId: string): TenantRow => ({
  tenantId,
  postings: 0,
  openedAt: null,
  firstUsedAt: null,
  lowNotifiedAt: null,
  pausedAt: null,
  graceUntil: null,
  entitlementsVersion: 0,
  standingVersion: 0,
  standing: {},
});
