import { Inject, Injectable } from '@nestjs/common';
import {
  currentCaller,
  type PutRetentionRequest,
  retentionChangedV1,
  type RetentionDays,
  type RetentionResponse,
} from '@parley/contracts';
import { Outbox } from '@parley/messaging';
import { Database } from '@parley/persistence';
import { AuditTrail } from '../audit/audit-trail';
import { SettingsRepository } from '../settings/settings.repository';

interface RetentionRow extends RetentionDays {
  version: number;
  updatedAt: Date;
}

const KEEP_ALL: RetentionDays = {
  callsDays: null,
  messagesDays: null,
  conversationsDays: null,
  deliveriesDays: null,
};

/** How long a tenant keeps its data; the services that hold it are told, and purge. */
@Injectable()
export class RetentionService {
  constructor(
    @Inject(Database) private readonly db: Database,
    @Inject(Outbox) private readonly outbox: Outbox,
    @Inject(AuditTrail) private readonly audit: AuditTrail,
    @Inject(SettingsRepository) private readonly settings: SettingsRepository,
  ) {}

  async get(): Promise<RetentionResponse> {
    return toResponse(await this.db.tenant(() => this.find()));
  }

  async put(changes: PutRetentionRequest): Promise<RetentionResponse> {
    const { tenantId = '', userId } = currentCaller();
    return this.db.tenant(async () => {
      await this.settings.lock(tenantId);
      const row = await this.find();
      const before = daysOf(row);
      const given = Object.entries(changes).filter(([, days]) => days !== undefined);
      const after = daysOf({ ...before, ...Object.fromEntries(given) });
      if (row && JSON.stringify(before) === JSON.stringify(after)) return toResponse(row);
      const saved = { ...after, version: (row?.version ?? 0) + 1, updatedAt: new Date() };
      await this.save(tenantId, saved, userId);
      const { version } = saved;
      await this.outbox.add(retentionChangedV1, { tenantId, version, ...after }, { subject: tenantId });
      await this.audit.record({
        action: 'retention.changed',
        resourceType: 'settings',
        resourceId: tenantId,
        before,
        after,
      });
      return toResponse(saved);
    });
  }

  private async find(): Promise<RetentionRow | undefined> {
    const [row] = await this.db.query<RetentionRow>(
      `SELECT version, calls_days AS "callsDays", messages_days AS "messagesDays",
         conversations_days AS "conversationsDays", deliveries_days AS "deliveriesDays", updated_at AS "updatedAt"
       FROM tenant_retention`,
    );
    return row;
  }

  private async save(tenantId: string, row: RetentionRow, by: string | undefined): Promise<void> {
    await this.db.execute(
      `INSERT INTO tenant_retention (tenant_id, version, calls_days, messages_days, conversations_days,
         deliveries_days, updated_by, updated_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
       ON CONFLICT (tenant_id) DO UPDATE SET version = excluded.version, calls_days = excluded.calls_days,
         messages_days = excluded.messages_days, conversations_days = excluded.conversations_days,
         deliveries_days = excluded.deliveries_days, updated_by = excluded.updated_by,
         updated_at = excluded.updated_at`,
      [
        tenantId,
        row.version,
        row.callsDays,
        row.messagesDays,
        row.conversationsDays,
        row.deliveriesDays,
        by ?? null,
        row.updatedAt,
      ],
    );
  }
}

function daysOf(row: RetentionDays | undefined): RetentionDays {
  const { callsDays, messagesDays, conversationsDays, deliveriesDays } = row ?? KEEP_ALL;
  return { callsDays, messagesDays, conversationsDays, deliveriesDays };
}

const toResponse = (row: RetentionRow | undefined): RetentionResponse => ({
  ...daysOf(row),
  updatedAt: row?.updatedAt.toISOString() ?? null,
});
