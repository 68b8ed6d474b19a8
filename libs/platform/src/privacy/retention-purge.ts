import { FileStore } from '@parley/files';
import { Database } from '@parley/persistence';

/** Rows that are kept for so many days: as their tenant says, or a number that holds for everybody. */
export interface RetainedTable {
  table: string;
  keyType?: 'uuid' | 'text';
  /** Column of `retention` with the days, or the days. */
  days: 'calls_days' | 'messages_days' | 'conversations_days' | 'deliveries_days' | number;
  /** SQL of the instant a row, as `t`, is old from. */
  since: string;
  /** Further condition: what may go at all. */
  where?: string;
  /** Empties rows that must stay, instead of removing them; `where` must not hold for them afterwards. */
  set?: string;
  /** Tables whose rows go with these and do not by themselves, with their column of the owner's id. */
  children?: readonly { table: string; owner: string }[];
  /** Keys of files that go with these rows. */
  files?: { table: string; column: string; owner: string };
  batch?: number;
}

const BATCH = 500;
const SCOPE = 'retention';

/** Removes what tenants no longer keep, in bounded batches; stopped half-way, the next run goes on. */
export class RetentionPurge {
  constructor(
    private readonly db: Database,
    private readonly files: FileStore,
    private readonly tables: readonly RetainedTable[],
  ) {}

  /** @returns rows removed, by table */
  async run(): Promise<Record<string, number>> {
    const removed: Record<string, number> = {};
    for (const retained of this.tables) {
      const limit = retained.batch ?? BATCH;
      for (let found = limit; found === limit;) {
        const batch = await this.removeSome(retained, limit);
        found = batch.found;
        removed[retained.table] = (removed[retained.table] ?? 0) + batch.removed;
        if (batch.removed === 0) break;
      }
    }
    return removed;
  }

  private async removeSome(
    retained: RetainedTable,
    limit: number,
  ): Promise<{ found: number; removed: number }> {
    const { files } = retained;
    if (!files) {
      return this.db.system(SCOPE, async () =>
        this.removeThese(retained, await this.oldest(retained, limit)),
      );
    }
    const ids = await this.db.system(SCOPE, () => this.oldest(retained, limit));
    await this.removeFiles(files, [ids]);
    return this.db.system(SCOPE, () => this.removeThese(retained, ids));
  }

  /** Locked, so that nothing is added to them until they are gone. */
  private async oldest(retained: RetainedTable, limit: number): Promise<string[]> {
    const rows = await this.db.query<{ id: string }>(
      `SELECT t.id FROM ${retained.table} t ${withTenant(',', retained)} WHERE ${conditionOf(retained)}
       ORDER BY t.id LIMIT ${limit} FOR UPDATE OF t SKIP LOCKED`,
    );
    return rows.map(({ id }) => id);
  }

  private async removeThese(
    retained: RetainedTable,
    ids: string[],
  ): Promise<{ found: number; removed: number }> {
    if (ids.length === 0) return { found: 0, removed: 0 };
    const { table, keyType = 'uuid', children = [], set } = retained;
    const chosen = `= ANY($1::${keyType}[])`;
    for (const child of children)
      await this.db.execute(`DELETE FROM ${child.table} WHERE ${child.owner} ${chosen}`, [ids]);
    const where = `t.id ${chosen} AND ${conditionOf(retained)}`;
    const sql = set
      ? `UPDATE ${table} t SET ${set} ${withTenant('FROM', retained)} WHERE ${where}`
      : `DELETE FROM ${table} t ${withTenant('USING', retained)} WHERE ${where}`;
    return { found: ids.length, removed: await this.db.execute(sql, [ids]) };
  }

  /** Before their rows: without its row a file would never be found again. */
  private async removeFiles(
    { table, column, owner }: NonNullable<RetainedTable['files']>,
    ids: unknown[],
  ): Promise<void> {
    const keys = await this.db.system(SCOPE, () =>
      this.db.query<{ key: string }>(
        `SELECT ${column} AS key FROM ${table} WHERE ${owner} = ANY($1::uuid[]) AND ${column} IS NOT NULL`,
        ids,
      ),
    );
    for (const { key } of keys) await this.files.delete(key);
  }
}

const withTenant = (how: ',' | 'FROM' | 'USING', { days }: RetainedTable): string =>
  typeof days === 'string' ? `${how} retention r` : '';

function conditionOf({ days, since, where = 'true' }: RetainedTable): string {
  if (typeof days === 'number') return `${since} < now() - interval '${days} days' AND (${where})`;
  return `r.tenant_id = t.tenant_id AND r.${days} IS NOT NULL
    AND ${since} < now() - r.${days} * interval '1 day' AND (${where})`;
}
