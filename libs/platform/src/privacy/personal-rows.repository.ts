import { Inject, Injectable } from '@nestjs/common';
import { Database } from '@parley/persistence';
import type { Step } from './personal-table';

const READ_AT_ONCE = 500;

/** Rows stay in the database then, however large they are. */
export const ERASED_AT_ONCE = 500;

export interface ExportedRow {
  key: string;
  row: string;
}

/** Statements over the tables of one service; in an open system transaction. */
@Injectable()
export class PersonalRowsRepository {
  constructor(@Inject(Database) private readonly db: Database) {}

  /** The next rows behind `after`, in the order of their keys: no more than hold `bytes`, but one at least. */
  async read(
    { table, rows, parameters }: Step,
    after: string | null,
    bytes: number,
  ): Promise<{ found: ExportedRow[]; more: boolean }> {
    const { key = 't.id', keyType = 'uuid', secret = [], batch = READ_AT_ONCE } = table;
    const row = rows.row ?? table.row ?? 'to_jsonb(t)';
    const n = parameters.length;
    const found = await this.db.query<ExportedRow & { all: number }>(
      `SELECT k::text AS key, row, "all" FROM (
         SELECT k, row, count(*) OVER ()::int AS "all",
           sum(octet_length(row)) OVER (ORDER BY k) - octet_length(row) AS before
         FROM (SELECT ${key} AS k, ((${row}) - $${n + 1}::text[])::text AS row FROM ${table.table} t
           WHERE (${rows.where}) AND ($${n + 2}::text IS NULL OR ${key} > $${n + 2}::${keyType})
           ORDER BY ${key} LIMIT ${batch}) AS next) AS measured
       WHERE before < $${n + 3} ORDER BY k`,
      [...parameters, secret, after, bytes],
    );
    const all = found[0]?.all ?? 0;
    return { found, more: all === batch || found.length < all };
  }

  /** Keys of files that belong to the rows the next batch erases. */
  async filesOf(step: Step): Promise<string[]> {
    const { table, rows, parameters } = step;
    if (!table.files) return [];
    const found = await this.db.query<{ key: string | null }>(
      `SELECT t.${table.files} AS key FROM ${table.table} t WHERE (${rows.where})
       ORDER BY t.ctid LIMIT ${ERASED_AT_ONCE}`,
      parameters,
    );
    return found.flatMap(({ key }) => (key ? [key] : []));
  }

  /**
   * @param files keys whose files are gone: a row that came since keeps its file, and so itself
   * @returns rows erased; fewer than a batch: there are no more
   */
  async erase(step: Step, files: readonly string[]): Promise<number> {
    const { table, rows } = step;
    const { erase } = rows;
    if (erase === 'keep') return 0;
    const parameters = table.files ? [...step.parameters, files] : step.parameters;
    const fileless = `(t.${table.files} IS NULL OR t.${table.files} = ANY($${parameters.length}::text[]))`;
    const where = table.files ? `(${rows.where}) AND ${fileless}` : rows.where;
    const some = (condition: string): string =>
      `ctid = ANY(ARRAY(SELECT t.ctid FROM ${table.table} t WHERE ${condition} ORDER BY t.ctid LIMIT ${ERASED_AT_ONCE}))`;
    const sql =
      erase === 'delete'
        ? `DELETE FROM ${table.table} WHERE ${some(`(${where})`)}`
        : `UPDATE ${table.table} SET ${erase.set} WHERE ${some(`(${where}) AND NOT coalesce(${erase.done}, false)`)}`;
    return this.db.execute(sql, parameters);
  }
}
