import { Inject, Injectable } from '@nestjs/common';
import { Database } from '@parley/persistence';
import type { Envelope } from './envelope';

/** How to find the envelopes of a table again. `owner` says, in SQL, what each was sealed for. */
interface Store {
  readonly table: string;
  readonly id: string;
  readonly owner: string;
}

/** Every table with envelopes in columns `key_id`, `wrapped_key` and `sealed`. */
const STORES: readonly Store[] = [
  {
    table: 'system_config_versions',
    id: 'id::text',
    owner: `'system-config:' || key || ':' || version`,
  },
  {
    table: 'user_provider_keys',
    id: `user_id || ':' || provider`,
    owner: `'provider-key:' || user_id || ':' || provider`,
  },
  { table: 'mfa_totp', id: 'user_id::text', owner: `'mfa_totp:' || user_id` },
];

export interface WrappedRow extends Omit<Envelope, 'sealed'> {
  table: string;
  id: string;
  owner: string;
}

@Injectable()
export class EnvelopeRepository {
  constructor(@Inject(Database) private readonly db: Database) {}

  /** Master keys in use, and by how many values. */
  async masters(): Promise<{ keyId: string; values: number }[]> {
    const each = STORES.map(({ table }) => `SELECT key_id FROM ${table} WHERE key_id IS NOT NULL`);
    return this.db.query(
      `SELECT key_id AS "keyId", count(*)::int AS values FROM (${each.join(' UNION ALL ')}) AS used
       GROUP BY key_id ORDER BY key_id`,
    );
  }

  /** Values under other masters than this one, locked; those somebody else is at are left out. */
  async lockForeign(currentId: string, limit: number): Promise<WrappedRow[]> {
    const rows: WrappedRow[] = [];
    for (const { table, id, owner } of STORES) {
      rows.push(
        ...(await this.db.query<WrappedRow>(
          `SELECT '${table}' AS table, ${id} AS id, ${owner} AS owner, key_id AS "keyId",
             wrapped_key AS "wrappedKey" FROM ${table} WHERE key_id <> $1 LIMIT $2 FOR UPDATE SKIP LOCKED`,
          [currentId, limit],
        )),
      );
    }
    return rows;
  }

  async saveWrapped({ table, id, keyId, wrappedKey }: WrappedRow): Promise<void> {
    const store = STORES.find((each) => each.table === table);
    if (!store) throw new Error(`${table} holds no envelopes`);
    await this.db.execute(`UPDATE ${table} SET key_id = $2, wrapped_key = $3 WHERE ${store.id} = $1`, [
      id,
      keyId,
      wrappedKey,
    ]);
  }
}
