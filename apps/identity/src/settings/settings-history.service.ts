import { Inject, Injectable } from '@nestjs/common';
import {
  currentCaller,
  cursorOf,
  DEFAULT_PAGE_SIZE,
  type PageRequest,
  readAfter,
  type SettingsChange,
  type SettingsChangePage,
  toPage,
} from '@parley/contracts';
import { Database } from '@parley/persistence';

type ChangeRow = Omit<SettingsChange, 'at'> & { at: Date };

/** Read from the audit trail: it holds every change anyway, and nobody can alter it unseen. */
@Injectable()
export class SettingsHistory {
  constructor(@Inject(Database) private readonly db: Database) {}

  async list({ cursor, limit = DEFAULT_PAGE_SIZE }: PageRequest): Promise<SettingsChangePage> {
    const { tenantId = '' } = currentCaller();
    const after = cursor === undefined ? undefined : readAfter(cursor);
    const rows = await this.db.system('settings of the caller’s tenant, with names', () =>
      this.db.query<ChangeRow>(
        `SELECT a.id, a.at, a.actor_user_id AS "changedBy", u.name AS "changedByName", a.before, a.after
         FROM audit_logs a LEFT JOIN users u ON u.id = a.actor_user_id
         WHERE a.tenant_id = $1 AND a.action = 'settings.changed'
           AND ($2::timestamptz IS NULL OR (a.at, a.id) < ($2, $3::uuid))
         ORDER BY a.at DESC, a.id DESC LIMIT $4`,
        [tenantId, after?.at ?? null, after?.id ?? null, limit + 1],
      ),
    );
    return toPage(rows, limit, toSettingsChange, ({ at, id }) => cursorOf(at, id));
  }
}

const toSettingsChange = (row: ChangeRow): SettingsChange => ({ ...row, at: row.at.toISOString() });
