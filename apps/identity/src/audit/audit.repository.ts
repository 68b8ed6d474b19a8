import { Inject, Injectable } from '@nestjs/common';
import { Database } from '@parley/persistence';
import { type AuditRow, CHAIN_START, type ChainLink } from './audit-chain';

export type StoredAuditRow = AuditRow & { hash: Buffer };

export interface AuditFilter {
  /** Left out: every tenant the open transaction may see. */
  tenantId?: string | undefined;
  action?: string | undefined;
  resourceType?: string | undefined;
  resourceId?: string | undefined;
  actor?: string | undefined;
  impersonationId?: string | undefined;
  from?: string | undefined;
  to?: string | undefined;
  after?: { at: string; id: string } | undefined;
  limit: number;
}

const FIELDS = {
  id: 'id',
  seq: 'seq',
  tenantId: 'tenant_id',
  at: 'at',
  action: 'action',
  resourceType: 'resource_type',
  resourceId: 'resource_id',
  actorUserId: 'actor_user_id',
  actorKeyId: 'actor_key_id',
  impersonatorId: 'impersonator_id',
  impersonationId: 'impersonation_id',
  ip: 'ip',
  userAgent: 'user_agent',
  requestId: 'request_id',
  before: 'before',
  after: 'after',
  salt: 'salt',
  personalHash: 'personal_hash',
  version: 'version',
  hash: 'hash',
} as const satisfies Record<keyof StoredAuditRow, string>;

const COLUMNS = Object.entries(FIELDS)
  .map(([field, column]) => (field === 'seq' ? 'seq::float8 AS seq' : `${column} AS "${field}"`))
  .join(', ');

/** The act, or those that begin with it and a dot: a range up to the character after the dot, which an index can find. */
function actionIs(bind: (value: unknown) => string, action: string): string {
  const column = 'action COLLATE "C"';
  const [exact, first, end] = [bind(action), bind(`${action}.`), bind(`${action}/`)];
  return `(${column} = ${exact} OR (${column} >= ${first} AND ${column} < ${end}))`;
}

@Injectable()
export class AuditRepository {
  constructor(@Inject(Database) private readonly db: Database) {}

  /** The end of the chain, which nobody else can write on until the transaction ends. */
  async lockEnd(chain: string): Promise<ChainLink> {
    // A statement of its own: the next one must see what the holder before us committed.
    await this.db.query(`SELECT pg_advisory_xact_lock(hashtextextended('audit:' || $1, 0))`, [chain]);
    return this.findEnd(chain);
  }

  async findEnd(chain: string): Promise<ChainLink> {
    const [end] = await this.db.query<ChainLink>(
      'SELECT seq::float8 AS seq, hash FROM audit_heads WHERE chain = $1',
      [chain],
    );
    return end ?? CHAIN_START;
  }

  async append(chain: string, row: StoredAuditRow): Promise<void> {
    const values = Object.keys(FIELDS).map((field) => {
      const value = row[field as keyof StoredAuditRow];
      return (field === 'before' || field === 'after') && value ? JSON.stringify(value) : value;
    });
    const columns = Object.values(FIELDS).join(', ');
    const places = values.map((_, index) => `$${index + 1}`).join(', ');
    await this.db.execute(
      `INSERT INTO audit_logs (${columns}, chain) VALUES (${places}, $${values.length + 1})`,
      [...values, chain],
    );
    await this.db.execute(
      `INSERT INTO audit_heads (chain, seq, hash) VALUES ($1, $2, $3)
       ON CONFLICT (chain) DO UPDATE SET seq = excluded.seq, hash = excluded.hash`,
      [chain, row.seq, row.hash],
    );
  }

  async list(filter: AuditFilter): Promise<StoredAuditRow[]> {
    const { tenantId, action, resourceType, resourceId, actor, impersonationId, from, to, after, limit } =
      filter;
    const values: unknown[] = [];
    const bind = (value: unknown): string => `$${values.push(value)}`;
    const conditions = ['true'];
    if (tenantId) conditions.push(`tenant_id = ${bind(tenantId)}`);
    if (action) conditions.push(actionIs(bind, action));
    if (resourceType) conditions.push(`resource_type = ${bind(resourceType)}`);
    if (resourceId) conditions.push(`resource_id = ${bind(resourceId)}`);
    if (actor) conditions.push(`actor_user_id = ${bind(actor)}`);
    if (impersonationId) conditions.push(`impersonation_id = ${bind(impersonationId)}`);
    if (from) conditions.push(`at >= ${bind(from)}`);
    if (to) conditions.push(`at < ${bind(to)}`);
    if (after) conditions.push(`(at, id) < (${bind(after.at)}, ${bind(after.id)})`);
    return this.db.query<StoredAuditRow>(
      `SELECT ${COLUMNS} FROM audit_logs WHERE ${conditions.join(' AND ')}
       ORDER BY at DESC, id DESC LIMIT ${bind(limit)}`,
      values,
    );
  }

  /** Every chain with rows or an end, so that a chain whose rows are all gone is among them. */
  async chains(): Promise<string[]> {
    const rows = await this.db.query<{ chain: string }>(
      'SELECT chain FROM audit_heads UNION SELECT chain FROM audit_logs ORDER BY chain',
    );
    return rows.map(({ chain }) => chain);
  }

  async stretch(chain: string, afterSeq: number, limit: number): Promise<StoredAuditRow[]> {
    return this.db.query<StoredAuditRow>(
      `SELECT ${COLUMNS} FROM audit_logs WHERE chain = $1 AND seq > $2 ORDER BY seq LIMIT $3`,
      [chain, afterSeq, limit],
    );
  }
}
