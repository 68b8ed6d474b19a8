import type { Books } from './books';

type Columns = Readonly<Record<string, string>>;

const ID: Columns = { id: 'uuid' };

/** Columns by table, in the type they are stored as. */
const TABLES = {
  ledger_accounts: { ...ID, code: 'text', meter: 'text' },
  ledger_transactions: {
    ...ID,
    number: 'bigint',
    kind: 'text',
    natural_key: 'text',
    description: 'text',
    call_id: 'uuid',
    reference: 'text',
    actor_id: 'uuid',
    occurred_at: 'timestamptz',
  },
  ledger_entries: { transaction_id: 'uuid', account_id: 'uuid', amount: 'bigint', balance_after: 'bigint' },
  wallets: { meter: 'text', balance: 'bigint', held: 'bigint', version: 'bigint' },
  grants: {
    ...ID,
    meter: 'text',
    kind: 'text',
    priority: 'smallint',
    quantity: 'bigint',
    remaining: 'bigint',
    revoked: 'bigint',
    expires_at: 'timestamptz',
    source_key: 'text',
    granted_at: 'timestamptz',
    period_id: 'uuid',
  },
  grant_burns: {
    ...ID,
    source_key: 'text',
    usage_meter: 'text',
    meter: 'text',
    account: 'text',
    cover: 'text',
    grant_id: 'uuid',
    amount: 'bigint',
    returned: 'bigint',
  },
  usage_periods: {
    ...ID,
    meter: 'text',
    period_start: 'timestamptz',
    period_end: 'timestamptz',
    subscription_id: 'uuid',
    included: 'bigint',
    topup: 'bigint',
    used: 'bigint',
    billed: 'bigint',
    notice_pct: 'int',
    soft_pct: 'int',
    hard_pct: 'int',
    overage: 'boolean',
    overage_billed: 'boolean',
    told: 'text',
    closed_at: 'timestamptz',
  },
  holds: {
    ...ID,
    source_key: 'text',
    meter: 'text',
    quantity: 'bigint',
    state: 'text',
    overdrawn: 'boolean',
    expires_at: 'timestamptz',
    user_id: 'uuid',
  },
  usage_records: {
    ...ID,
    source_type: 'text',
    source_id: 'text',
    source_version: 'bigint',
    meter: 'text',
    quantity: 'bigint',
    raw_seconds: 'int',
    provider_cost_cents: 'bigint',
    user_id: 'uuid',
    period_id: 'uuid',
    occurred_at: 'timestamptz',
  },
  outbox: { event_id: 'uuid', type: 'text', subject: 'text', payload: 'jsonb', headers: 'jsonb' },
} as const satisfies Record<string, Columns>;

/** What changes of the row that is locked. */
const TENANT: Columns = {
  postings: 'bigint',
  opened_at: 'timestamptz',
  first_used_at: 'timestamptz',
  low_notified_at: 'timestamptz',
  paused_at: 'timestamptz',
  grace_until: 'timestamptz',
  entitlements_version: 'bigint',
  standing_version: 'bigint',
  standing: 'jsonb',
};

type Table = keyof typeof TABLES;

/** Numbered, since a prepared statement's name holds 63 characters. */
const NUMBERS = Object.keys(TABLES);

export interface OpenedAccount {
  readonly tenantId: string;
  readonly id: string;
  readonly code: string;
}

/** One statement that stores everything that changes of books touched: one round trip while the tenants wait. */
export class Changes {
  private readonly parts: string[] = [];
  private readonly parameters: unknown[] = [];
  private readonly tables: Table[] = [];

  accounts(opened: readonly OpenedAccount[]): void {
    const rows = opened.map(({ tenantId, id, code }) => ({
      tenant_id: tenantId,
      id,
      code,
      meter: code.slice(0, code.lastIndexOf(':')),
    }));
    this.write('ledger_accounts', rows);
  }

  transactions(all: readonly Books[]): void {
    this.write(
      'ledger_transactions',
      rowsOf(all, (books) =>
        books.transactions.map(
          ({ id, number, kind, naturalKey, description, reference, callId, actorId, occurredAt }) => ({
            id,
            number,
            kind,
            natural_key: naturalKey,
            description,
            reference,
            call_id: callId,
            actor_id: actorId,
            occurred_at: occurredAt,
          }),
        ),
      ),
    );
  }

  entries(all: readonly Books[]): void {
    this.write(
      'ledger_entries',
      rowsOf(all, ({ transactions, state }) =>
        transactions.flatMap(({ id, entries }) =>
          entries.map(({ account, amount, balanceAfter }) => ({
            transaction_id: id,
            account_id: state.accounts.get(account),
            amount,
            balance_after: balanceAfter,
          })),
        ),
      ),
    );
  }

  wallets(all: readonly Books[]): void {
    const change =
      'balance = excluded.balance, held = excluded.held, version = excluded.version, updated_at = now()';
    const rows = rowsOf(all, ({ changed }) => [...changed.wallets]);
    this.write('wallets', rows, `ON CONFLICT (tenant_id, meter) DO UPDATE SET ${change}`);
  }

  grants(all: readonly Books[]): void {
    const rows = rowsOf(all, ({ changed }) =>
      [...changed.grants].map(({ id, meter, kind, priority, quantity, remaining, revoked, ...grant }) => ({
        id,
        meter,
        kind,
        priority,
        quantity,
        remaining,
        revoked,
        expires_at: grant.expiresAt,
        source_key: grant.sourceKey,
        granted_at: grant.grantedAt,
        period_id: grant.periodId,
      })),
    );
    const change =
      'remaining = excluded.remaining, revoked = excluded.revoked, expires_at = excluded.expires_at';
    this.write('grants', rows, `ON CONFLICT (id) DO UPDATE SET ${change}`);
  }

  burns(all: readonly Books[]): void {
    const rows = rowsOf(all, ({ changed }) =>
      [...changed.burns].map(
        ({ id, sourceKey, usageMeter, meter, account, cover, grantId, amount, returned }) => ({
          id,
          source_key: sourceKey,
          usage_meter: usageMeter,
          meter,
          account,
          cover,
          grant_id: grantId,
          amount,
          returned,
        }),
      ),
    );
    this.write('grant_burns', rows, 'ON CONFLICT (id) DO UPDATE SET returned = excluded.returned');
  }

  periods(all: readonly Books[]): void {
    const rows = rowsOf(all, ({ changed }) =>
      [...changed.periods].map(({ id, meter, included, topup, used, billed, overage, told, ...period }) => ({
        id,
        meter,
        included,
        topup,
        used,
        billed,
        overage,
        told,
        subscription_id: period.subscriptionId,
        period_start: period.periodStart,
        period_end: period.periodEnd,
        closed_at: period.closedAt,
        overage_billed: period.overageBilled,
        notice_pct: period.noticePct,
        soft_pct: period.softPct,
        hard_pct: period.hardPct,
      })),
    );
    const kept = ['id', 'meter', 'period_start'];
    const changing = Object.keys(TABLES.usage_periods).filter((column) => !kept.includes(column));
    const change = changing.map((column) => `${column} = excluded.${column}`).join(', ');
    this.write('usage_periods', rows, `ON CONFLICT (id) DO UPDATE SET ${change}, updated_at = now()`);
  }

  holds(all: readonly Books[]): void {
    const rows = rowsOf(all, ({ changed }) =>
      [...changed.holds].map(({ id, sourceKey, meter, quantity, state, overdrawn, expiresAt, userId }) => ({
        id,
        source_key: sourceKey,
        meter,
        quantity,
        state,
        overdrawn,
        expires_at: expiresAt,
        user_id: userId,
      })),
    );
    const change = 'quantity = excluded.quantity, state = excluded.state, expires_at = excluded.expires_at';
    this.write('holds', rows, `ON CONFLICT (id) DO UPDATE SET ${change}, updated_at = now()`);
  }

  usage(all: readonly Books[]): void {
    const rows = rowsOf(all, ({ changed }) =>
      [...changed.usage.values()].map(
        ({ id, sourceType, sourceId, version, meter, quantity, ...record }) => ({
          id,
          source_type: sourceType,
          source_id: sourceId,
          source_version: version,
          meter,
          quantity,
          raw_seconds: record.rawSeconds,
          provider_cost_cents: record.providerCostCents,
          user_id: record.userId,
          period_id: record.periodId,
          occurred_at: record.occurredAt,
        }),
      ),
    );
    const news = ['source_version', 'quantity', 'raw_seconds', 'provider_cost_cents', 'occurred_at'];
    const change = news.map((column) => `${column} = excluded.${column}`).join(', ');
    this.write('usage_records', rows, `ON CONFLICT (id) DO UPDATE SET ${change}, updated_at = now()`);
  }

  events(all: readonly Books[]): void {
    this.write(
      'outbox',
      all.flatMap(({ events }) => events),
    );
  }

  /** The statement, ending in the tenants' own rows. */
  statement(all: readonly Books[]): { name: string; sql: string; parameters: unknown[] } {
    const rows = all.map(({ tenant }) => ({
      tenant_id: tenant.tenantId,
      postings: tenant.postings,
      opened_at: tenant.openedAt,
      first_used_at: tenant.firstUsedAt,
      low_notified_at: tenant.lowNotifiedAt,
      paused_at: tenant.pausedAt,
      grace_until: tenant.graceUntil,
      entitlements_version: tenant.entitlementsVersion,
      standing_version: tenant.standingVersion,
      standing: tenant.standing,
    }));
    const before = this.parts.length > 0 ? `WITH ${this.parts.join(',\n')}\n` : '';
    const set = Object.keys(TENANT).map((column) => `${column} = row.${column}`);
    const sql = `${before}UPDATE tenant_books SET ${set.join(', ')}, updated_at = now()
      FROM ${this.rowsFrom(TENANT, rows)} WHERE tenant_books.tenant_id = row.tenant_id`;
    return {
      name: `books-save-${this.tables.map((table) => NUMBERS.indexOf(table)).join('')}`,
      sql,
      parameters: this.parameters,
    };
  }

  private write(table: Table, rows: readonly object[], conflict = ''): void {
    if (rows.length === 0) return;
    this.tables.push(table);
    const columns: Columns = TABLES[table];
    const names = ['tenant_id', ...Object.keys(columns)].join(', ');
    this.parts.push(`changed_${table} AS (
      INSERT INTO ${table} (${names}) SELECT ${names} FROM ${this.rowsFrom(columns, rows)}
      ${conflict})`);
  }

  private rowsFrom(columns: Columns, rows: readonly object[]): string {
    this.parameters.push(JSON.stringify(rows));
    const types = Object.entries({ tenant_id: 'uuid', ...columns }).map(([name, type]) => `${name} ${type}`);
    return `json_to_recordset($${this.parameters.length}) AS row (${types.join(', ')})`;
  }
}

function rowsOf<Row extends object>(
  all: readonly Books[],
  rows: (books: Books) => readonly Row[],
): (Row & { tenant_id: string })[] {
  return all.flatMap((books) => rows(books).map((row) => ({ tenant_id: books.tenantId, ...row })));
}
