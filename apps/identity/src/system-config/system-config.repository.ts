import { Inject, Injectable } from '@nestjs/common';
import type { SystemConfigChange } from '@parley/contracts';
import { Database } from '@parley/persistence';
import type { Envelope } from '../envelopes/envelope';

export interface SystemConfigRow {
  id: string;
  key: string;
  version: number;
  change: SystemConfigChange;
  keyId: string | null;
  wrappedKey: Buffer | null;
  sealed: Buffer | null;
  lastFour: string | null;
  restores: number | null;
  reason: string | null;
  changedBy: string | null;
  changedAt: Date;
}

const FIELDS = {
  id: 'id',
  key: 'key',
  version: 'version',
  change: 'change',
  keyId: 'key_id',
  wrappedKey: 'wrapped_key',
  sealed: 'sealed',
  lastFour: 'last_four',
  restores: 'restores',
  reason: 'reason',
  changedBy: 'changed_by',
  changedAt: 'changed_at',
} as const satisfies Record<keyof SystemConfigRow, string>;

const COLUMNS = Object.entries(FIELDS)
  .map(([field, column]) => `${column} AS "${field}"`)
  .join(', ');

/** Far more than anybody looks through. */
const MOST_VERSIONS = 500;

@Injectable()
export class SystemConfigRepository {
  constructor(@Inject(Database) private readonly db: Database) {}

  /** Changes of one setting take turns until the transaction ends. */
  async takeTurn(key: string): Promise<void> {
    await this.db.query(
      `SELECT pg_advisory_xact_lock(hashtextextended('identity.system-config:' || $1, 0))`,
      [key],
    );
  }

  async current(keys: readonly string[]): Promise<SystemConfigRow[]> {
    return this.db.query<SystemConfigRow>(
      `SELECT DISTINCT ON (key) ${COLUMNS} FROM system_config_versions WHERE key = ANY ($1)
       ORDER BY key, version DESC`,
      [keys],
    );
  }

  async find(key: string, version: number): Promise<SystemConfigRow | undefined> {
    const [row] = await this.db.query<SystemConfigRow>(
      `SELECT ${COLUMNS} FROM system_config_versions WHERE key = $1 AND version = $2`,
      [key, version],
    );
    return row;
  }

  async versions(key: string): Promise<SystemConfigRow[]> {
    return this.db.query<SystemConfigRow>(
      `SELECT ${COLUMNS} FROM system_config_versions WHERE key = $1 ORDER BY version DESC LIMIT $2`,
      [key, MOST_VERSIONS],
    );
  }

  async add(row: SystemConfigRow): Promise<void> {
    const fields = Object.keys(FIELDS) as (keyof SystemConfigRow)[];
    await this.db.execute(
      `INSERT INTO system_config_versions (${fields.map((field) => FIELDS[field]).join(', ')})
       VALUES (${fields.map((_, index) => `$${index + 1}`).join(', ')})`,
      fields.map((field) => row[field]),
    );
  }
}

/** What the value of a version is sealed for. */
export const ownerOf = ({ key, version }: Pick<SystemConfigRow, 'key' | 'version'>): string =>
  `system-config:${key}:${version}`;

/** Nothing where the environment holds. */
export function envelopeOf({ keyId, wrappedKey, sealed }: SystemConfigRow): Envelope | undefined {
  return keyId && wrappedKey && sealed ? { keyId, wrappedKey, sealed } : undefined;
}
