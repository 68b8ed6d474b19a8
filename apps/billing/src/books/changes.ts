import type { OutboxDraft } from '@parley/messaging';
import type {
  Burn,
  Grant,
  Hold,
  Period,
  TenantRow,
  Transaction,
  UsageFacts,
  UsageRecord,
  Wallet,
} from './books.state';

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
    notice_pct: 'int',
    soft_pct: 'int',
    hard_pct: 'int',
    overage: 'boolean',
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

type Table = keyof typeof TABLES;

/** Numbered, since a prepared statement's name holds 63 characters. */
const NUMBERS = Object.keys(TABLES);

/** One statement that stores everything a change of the books touched: one round trip while the tenant waits. */
export class Changes {
  private readonly parts: string[] = [];
  private readonly parameters: unknown[] = [];
  private readonly tables: Table[] = [];

  constructor(tenantId: string) {
    this.parameters.push(tenantId);
  }

  accounts(accounts: readonly { id: string; code: string }[]): void {
    const rows = accounts.map(({ id, code }) => ({ id, code, meter: code.slice(0, code.lastIndexOf(':')) }));
    this.write('ledger_accounts', rows);
  }

  transactions(transactions: readonly Transaction[]): void {
    this.write(
      'ledger_transactions',
      transactions.map(
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
    );
  }

  entries(transactions: readonly Transaction[], accounts: ReadonlyMap<string, string>): void {
    this.write(
      'ledger_entries',
      transactions.flatMap(({ id, entries }) =>
        entries.map(({ account, amount, balanceAfter }) => ({
          transaction_id: id,
          account_id: accounts.get(account),
          amount,
          balance_after: balanceAfter,
        })),
      ),
    );
  }

  wallets(wallets: readonly Wallet[]): void {
    const change =
      'balance = excluded.balance, held = excluded.held, version = excluded.version, updated_at = now()';
    this.write('wallets', wallets, `ON CONFLICT (tenant_id, meter) DO UPDATE SET ${change}`);
  }

  grants(grants: readonly Grant[]): void {
    const rows = grants.map(({ id, meter, kind, priority, quantity, remaining, revoked, ...grant }) => ({
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
    }));
    const change =
      'remaining = excluded.remaining, revoked = excluded.revoked, expires_at = excluded.expires_at';
    this.write('grants', rows, `ON CONFLICT (id) DO UPDATE SET ${change}`);
  }

  burns(burns: readonly Burn[]): void {
    const rows = burns.map(
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
    );
    this.write('grant_burns', rows, 'ON CONFLICT (id) DO UPDATE SET returned = excluded.returned');
  }

  periods(periods: readonly Period[]): void {
    const rows = periods.map(({ id, meter, included, topup, used, overage, told, ...period }) => ({
      id,
      meter,
      included,
      topup,
      used,
      overage,
      told,
      subscription_id: period.subscriptionId,
      period_start: period.periodStart,
      period_end: period.periodEnd,
      closed_at: period.closedAt,
      notice_pct: period.noticePct,
      soft_pct: period.softPct,
      hard_pct: period.hardPct,
    }));
    const kept = ['id', 'meter', 'period_start'];
    const changing = Object.keys(TABLES.usage_periods).filter((column) => !kept.includes(column));
    const change = changing.map((column) => `${column} = excluded.${column}`).join(', ');
    this.write('usage_periods', rows, `ON CONFLICT (id) DO UPDATE SET ${change}, updated_at = now()`);
  }

  holds(holds: readonly Hold[]): void {
    const rows = holds.map(({ id, sourceKey, meter, quantity, state, overdrawn, expiresAt }) => ({
      id,
      source_key: sourceKey,
      meter,
      quantity,
      state,
      overdrawn,
      expires_at: expiresAt,
    }));
    const change = 'quantity = excluded.quantity, state = excluded.state, expires_at = excluded.expires_at';
    this.write('holds', rows, `ON CONFLICT (id) DO UPDATE SET ${change}, updated_at = now()`);
  }

  usage(records: readonly (UsageRecord & UsageFacts)[]): void {
    const rows = records.map(({ id, sourceType, sourceId, version, meter, quantity, ...record }) => ({
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
    }));
    const news = ['source_version', 'quantity', 'raw_seconds', 'provider_cost_cents', 'occurred_at'];
    const change = news.map((column) => `${column} = excluded.${column}`).join(', ');
    this.write('usage_records', rows, `ON CONFLICT (id) DO UPDATE SET ${change}, updated_at = now()`);
  }

  events(events: readonly OutboxDraft[]): void {
    this.write('outbox', events);
  }

  /** The statement, ending in the tenant's own row. */
  statement(tenant: TenantRow): { name: string; sql: string; parameters: unknown[] } {
    const set = {
      postings: tenant.postings,
      opened_at: tenant.openedAt,
      first_used_at: tenant.firstUsedAt,
      low_notified_at: tenant.lowNotifiedAt,
      paused_at: tenant.pausedAt,
      grace_until: tenant.graceUntil,
      entitlements_version: tenant.entitlementsVersion,
      standing_version: tenant.standingVersion,
      standing: JSON.stringify(tenant.standing),
    };
    const assignments = Object.entries(set).map(([column, value]) => {
      this.parameters.push(value);
      return `${column} = $${this.parameters.length}`;
    });
    const before = this.parts.length > 0 ? `WITH ${this.parts.join(',\n')}\n` : '';
    const sql = `${before}UPDATE tenant_books SET ${assignments.join(', ')}, updated_at = now() WHERE tenant_id = $1`;
    return {
      name: `books-save-${this.tables.map((table) => NUMBERS.indexOf(table)).join('')}`,
      sql,
      parameters: this.parameters,
    };
  }

  private write(table: Table, rows: readonly object[], conflict = ''): void {
    if (rows.length === 0) return;
    this.parameters.push(JSON.stringify(rows));
    this.tables.push(table);
    const columns: Columns = TABLES[table];
    const names = Object.keys(columns).join(', ');
    const types = Object.entries(columns).map(([name, type]) => `${name} ${type}`);
    this.parts.push(`changed_${table} AS (
      INSERT INTO ${table} (tenant_id, ${names})
      SELECT $1::uuid, ${names} FROM json_to_recordset($${this.parameters.length}) AS row (${types.join(', ')})
      ${conflict})`);
  }
}
