import { FileStore } from '@parley/files';
import { Database } from '@parley/persistence';

/** Rows that a tenant keeps for so many days. */
export interface RetainedTable {
  table: string;
  keyType?: 'uuid' | 'text';
  /** Column of `retention` with the days. */
  days: 'calls_days' | 'messages_days' | 'conversations_days' | 'deliveries_days';
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
    const { table, keyType = 'uuid', files, children = [] } = retained;
    const old = conditionOf(retained);
    const rows = await this.db.system(SCOPE, () =>
      this.db.query<{ id: string }>(
        `SELECT t.id FROM ${table} t JOIN retention r ON r.tenant_id = t.tenant_id WHERE ${old} LIMIT ${limit}`,
      ),
    );
    if (rows.length === 0) return { found: 0, removed: 0 };
    const ids = [rows.map(({ id }) => id)];
    if (files) await this.removeFiles(files, ids);
    const chosen = `r.tenant_id = t.tenant_id AND t.id = ANY($1::${keyType}[]) AND ${old}`;
    const removed = await this.db.system(SCOPE, async () => {
      for (const child of children)
        await this.db.execute(`DELETE FROM ${child.table} WHERE ${child.owner} = ANY($1::${keyType}[])`, ids);
      return retained.set
        ? this.db.execute(`UPDATE ${table} t SET ${retained.set} FROM retention r WHERE ${chosen}`, ids)
        : this.db.execute(`DELETE FROM ${table} t USING retention r WHERE ${chosen}`, ids);
    });
    return { found: rows.length, removed };
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

const conditionOf = ({ days, since, where = 'true' }: RetainedTable): string =>
  `r.${days} IS NOT NULL AND ${since} < now() - r.${days} * interval '1 day' AND (${where})`;
