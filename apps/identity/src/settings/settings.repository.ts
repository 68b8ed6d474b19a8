import { Inject, Injectable } from '@nestjs/common';
import type { BusinessHours, PutSettingsRequest } from '@parley/contracts';
import { Database } from '@parley/persistence';

export interface TenantSettings {
  postCallSmsEnabled: boolean;
  postCallSmsTemplate: string | null;
  postCallSmsDelaySeconds: number;
  reviewRequestEnabled: boolean;
  reviewRequestTemplate: string | null;
  googleReviewUrl: string | null;
  businessHours: BusinessHours | null;
  transferNumber: string | null;
  updatedBy: string | null;
  updatedAt: Date;
}

const FIELDS = {
  postCallSmsEnabled: 'post_call_sms_enabled',
  postCallSmsTemplate: 'post_call_sms_template',
  postCallSmsDelaySeconds: 'post_call_sms_delay_seconds',
  reviewRequestEnabled: 'review_request_enabled',
  reviewRequestTemplate: 'review_request_template',
  googleReviewUrl: 'google_review_url',
  businessHours: 'business_hours',
  transferNumber: 'transfer_number',
} as const satisfies Record<keyof PutSettingsRequest, string>;

const COLUMNS = Object.entries({ ...FIELDS, updatedBy: 'updated_by', updatedAt: 'updated_at' })
  .map(([field, column]) => `${column} AS "${field}"`)
  .join(', ');

@Injectable()
export class SettingsRepository {
  constructor(@Inject(Database) private readonly db: Database) {}

  async find(tenantId: string): Promise<TenantSettings | undefined> {
    const [row] = await this.db.query<TenantSettings>(
      `SELECT ${COLUMNS} FROM tenant_settings WHERE tenant_id = $1`,
      [tenantId],
    );
    return row;
  }

  /** Those who change settings of one tenant take turns, the first time too. */
  async lock(tenantId: string): Promise<void> {
    await this.db.query('SELECT 1 FROM tenants WHERE id = $1 FOR NO KEY UPDATE', [tenantId]);
  }

  /**
   * Changes the given fields and no other; in one statement, so that two callers cannot undo each other.
   * @returns the version, which rises with every change
   */
  async change(
    tenantId: string,
    changes: PutSettingsRequest,
    by: string | undefined,
    at: Date,
  ): Promise<number> {
    const values: Record<string, unknown> = { tenant_id: tenantId, updated_by: by ?? null, updated_at: at };
    for (const [field, column] of Object.entries(FIELDS)) {
      const value = changes[field as keyof PutSettingsRequest];
      if (value !== undefined)
        values[column] = column === 'business_hours' && value ? JSON.stringify(value) : value;
    }
    const columns = Object.keys(values);
    const [row] = await this.db.query<{ version: number }>(
      `INSERT INTO tenant_settings (${columns.join(', ')}) VALUES (${columns.map((_, n) => `$${n + 1}`).join(', ')})
       ON CONFLICT (tenant_id) DO UPDATE SET ${columns.map((column) => `${column} = excluded.${column}`).join(', ')},
         version = tenant_settings.version + 1 RETURNING version`,
      Object.values(values),
    );
    if (!row) throw new Error('Settings were changed and are not there');
    return row.version;
  }
}
