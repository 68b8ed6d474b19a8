import { Injectable } from '@nestjs/common';
import { newId } from '@parley/contracts';
import { Database } from '@parley/persistence';
import { Books } from './books';
import type { BooksState, Burn, Grant, Hold, Period, TenantRow, UsageRecord, Wallet } from './books.state';
import { Changes, type OpenedAccount } from './changes';
import type { WideFocus } from './focus';

/** Whose books, and what of them. */
export interface Asked {
  readonly tenantId: string;
  readonly focus: WideFocus;
}

type Dated<Row, Field extends keyof Row> = Omit<Row, Field> & { [Key in Field]: string };
type Nullable<Row, Field extends keyof Row> = Omit<Row, Field> & { [Key in Field]: string | null };

interface LoadedRow {
  tenantId: string;
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

const TENANT_COLUMNS = `tenant_id AS "tenantId", postings, opened_at AS "openedAt", first_used_at AS "firstUsedAt",
  low_notified_at AS "lowNotifiedAt", paused_at AS "pausedAt", grace_until AS "graceUntil",
  entitlements_version AS "entitlementsVersion", standing_version AS "standingVersion", standing`;

const PEEK = `SELECT ${TENANT_COLUMNS} FROM tenant_books WHERE tenant_id = ANY($1::uuid[])`;

/** In one order everywhere, so that two who want the same tenants wait for each other rather than both. */
const LOCK = `${PEEK} ORDER BY tenant_id FOR UPDATE`;

/**
 * A second statement, since one that waited for the lock would see what was there before it waited. Records and keys are
 * looked up one by one (OFFSET 0, scalar subquery): joined freely they would be sought among all that the tenant ever
 * used, as long as statistics say that this is little.
 */
const LOAD = `
  SELECT a.tenant_id AS "tenantId", loaded.* FROM json_to_recordset($1) AS a (tenant_id uuid, source_keys text[],
    source_types text[], source_ids text[], natural_keys text[], grants text[], forgotten boolean)
  CROSS JOIN LATERAL (
  WITH burn AS (
    SELECT * FROM grant_burns WHERE tenant_id = a.tenant_id AND source_key = ANY(a.source_keys) AND amount > returned
    UNION
    SELECT * FROM grant_burns WHERE tenant_id = a.tenant_id AND cover = 'overdraft' AND amount > returned),
  used AS (SELECT u.* FROM unnest(a.source_types, a.source_ids) AS source (type, id) CROSS JOIN LATERAL (
    SELECT * FROM usage_records WHERE tenant_id = a.tenant_id AND source_type = source.type AND source_id = source.id
    OFFSET 0) u)
  SELECT
  (SELECT coalesce(json_agg(json_build_object('meter', meter, 'balance', balance, 'held', held,
     'version', version)), '[]') FROM wallets WHERE tenant_id = a.tenant_id) AS wallets,
  (SELECT coalesce(json_agg(json_build_object('id', id, 'meter', meter, 'kind', kind, 'priority', priority,
     'quantity', quantity, 'remaining', remaining, 'revoked', revoked, 'expiresAt', expires_at,
     'sourceKey', source_key, 'grantedAt', granted_at, 'periodId', period_id)), '[]') FROM (
       SELECT * FROM grants WHERE tenant_id = a.tenant_id AND live
       UNION SELECT * FROM grants WHERE tenant_id = a.tenant_id AND source_key = ANY(a.grants)
       UNION SELECT g.* FROM usage_periods p JOIN grants g ON g.period_id = p.id
         WHERE p.tenant_id = a.tenant_id AND p.closed_at IS NULL
       UNION SELECT g.* FROM burn b JOIN grants g ON g.id = b.grant_id) g) AS grants,
  (SELECT coalesce(json_agg(json_build_object('id', id, 'sourceKey', source_key, 'usageMeter', usage_meter,
     'meter', meter, 'account', account, 'cover', cover, 'grantId', grant_id, 'amount', amount,
     'returned', returned) ORDER BY id), '[]') FROM burn) AS burns,
  (SELECT coalesce(json_agg(json_build_object('id', id, 'meter', meter, 'periodStart', period_start,
     'periodEnd', period_end, 'subscriptionId', subscription_id, 'included', included, 'topup', topup,
     'used', used, 'billed', billed, 'noticePct', notice_pct, 'softPct', soft_pct, 'hardPct', hard_pct, 'overage', overage,
     'overageBilled', overage_billed, 'told', told, 'closedAt', closed_at)), '[]')
     FROM usage_periods WHERE tenant_id = a.tenant_id
       AND (closed_at IS NULL OR id IN (SELECT period_id FROM used))) AS periods,
  (SELECT coalesce(json_agg(json_build_object('id', id, 'sourceKey', source_key, 'meter', meter,
     'quantity', quantity, 'state', state, 'overdrawn', overdrawn, 'expiresAt', expires_at, 'userId', user_id)), '[]')
     FROM holds WHERE tenant_id = a.tenant_id
       AND (source_key = ANY(a.source_keys) OR (a.forgotten AND state = 'open' AND expires_at <= now()))) AS holds,
  (SELECT coalesce(json_agg(json_build_object('id', id, 'sourceKey', source_type || ':' || source_id, 'meter', meter,
     'version', source_version, 'quantity', quantity, 'periodId', period_id)), '[]')
     FROM used) AS usage,
  (SELECT coalesce(json_agg(json_build_object('id', id, 'code', code)), '[]')
     FROM ledger_accounts WHERE tenant_id = a.tenant_id) AS accounts,
  (SELECT coalesce(json_agg(key), '[]') FROM unnest(a.natural_keys) key
    WHERE (SELECT true FROM ledger_transactions WHERE tenant_id = a.tenant_id AND natural_key = key)) AS posted) loaded`;

/** Tenants' books: locked and loaded whole, decided on in memory, stored at once. */
@Injectable()
export class BooksRepository {
  constructor(private readonly database: Database) {}

  /** Holds the books until the open transaction ends; a tenant's first change makes them. */
  async lock(asked: readonly Asked[]): Promise<Books[]> {
    const ids = asked.map(({ tenantId }) => tenantId).sort();
    let rows = await this.database.prepared<LockedRow>('books-lock', LOCK, [ids]);
    if (rows.length < ids.length) {
      await this.database.execute(
        'INSERT INTO tenant_books (tenant_id) SELECT unnest($1::uuid[]) ON CONFLICT DO NOTHING',
        [ids],
      );
      rows = await this.database.prepared<LockedRow>('books-lock', LOCK, [ids]);
    }
    const loaded = await this.load(rows.map(fromLockedRow), asked);
    for (const books of loaded) books.expireDue();
    return loaded;
  }

  /** The books as they stand, to look at only. */
  async peek(asked: Asked): Promise<Books> {
    const { tenantId } = asked;
    const [row] = await this.database.query<LockedRow>(PEEK, [[tenantId]]);
    const [books] = await this.load([row ? fromLockedRow(row) : unknownTenant(tenantId)], [asked]);
    if (!books) throw new Error('The books answered nothing');
    return books;
  }

  /** Stores what was decided: one statement, whatever it touched. */
  async save(books: readonly Books[]): Promise<void> {
    const changes = new Changes();
    changes.accounts(books.flatMap(openAccounts));
    changes.transactions(books);
    changes.entries(books);
    changes.wallets(books);
    changes.grants(books);
    changes.burns(books);
    changes.periods(books);
    changes.holds(books);
    changes.events(books);
    changes.usage(books);
    const { name, sql, parameters } = changes.statement(books);
    await this.database.prepared(name, sql, parameters);
  }

  private async load(tenants: readonly TenantRow[], asked: readonly Asked[]): Promise<Books[]> {
    const asks = asked.map(({ tenantId, focus: { sourceKeys, naturalKeys, grants, forgottenHolds } }) => ({
      tenant_id: tenantId,
      source_keys: sourceKeys,
      source_types: sourceKeys.map((key) => key.slice(0, key.indexOf(':'))),
      source_ids: sourceKeys.map((key) => key.slice(key.indexOf(':') + 1)),
      natural_keys: naturalKeys,
      grants,
      forgotten: forgottenHolds,
    }));
    const rows = await this.database.prepared<LoadedRow>('books-load', LOAD, [JSON.stringify(asks)]);
    const byTenant = new Map(rows.map((row) => [row.tenantId, row]));
    const now = new Date();
    return tenants.map((tenant) => {
      const row = byTenant.get(tenant.tenantId);
      if (!row) throw new Error('The books answered nothing');
      return new Books(stateOf(tenant, row), now);
    });
  }
}

/** Accounts are opened at their first use. */
function openAccounts({ tenantId, state: { accounts }, transactions }: Books): OpenedAccount[] {
  const opened: OpenedAccount[] = [];
  for (const { account: code } of transactions.flatMap(({ entries }) => entries)) {
    if (accounts.has(code)) continue;
    const id = newId();
    accounts.set(code, id);
    opened.push({ tenantId, id, code });
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
