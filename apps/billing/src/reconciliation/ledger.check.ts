import { Inject, Injectable } from '@nestjs/common';
import { Database } from '@parley/persistence';
import { CONFIG } from '@parley/platform';
import type { BillingConfig } from '../config';
import { LedgerAuditService } from '../ledger/ledger-audit.service';
import { ChargesRepository } from './charges.repository';
import { FindingsRepository } from './findings.repository';
import type { Batch, Check, Run } from './run';

const NIL = '00000000-0000-0000-0000-000000000000';
/** Tenants per batch: each is audited whole. */
const TENANTS = 20;

/** The books of every tenant that moved are sound by themselves, and charge nothing that was not used. */
@Injectable()
export class LedgerCheck implements Check {
  readonly phase = 'ledger';

  constructor(
    @Inject(CONFIG) private readonly config: BillingConfig,
    private readonly database: Database,
    private readonly audit: LedgerAuditService,
    private readonly charges: ChargesRepository,
    private readonly findings: FindingsRepository,
  ) {}

  async next(run: Run): Promise<Batch> {
    const size = Math.min(TENANTS, this.config.RECONCILIATION_BATCH);
    const tenants = await this.database.system('tenants whose books moved', () =>
      this.database.query<{ tenantId: string }>(
        `SELECT tenant_id AS "tenantId" FROM tenant_books WHERE tenant_id > $1 AND updated_at >= $2
         ORDER BY tenant_id LIMIT $3`,
        [run.cursor ?? NIL, run.windowStart, size],
      ),
    );
    for (const { tenantId } of tenants) await this.examine(run, tenantId);
    const last = tenants.length === size ? tenants.at(-1) : undefined;
    return { checked: { tenants: tenants.length }, cursor: last?.tenantId ?? null };
  }

  private async examine(run: Run, tenantId: string): Promise<void> {
    const faults = await this.audit.verifyTenant(tenantId).catch(orTooLong);
    if (!faults) return this.tellUnexamined(run, tenantId);
    const { sound, discrepancies, ...counts } = faults;
    const orphans = await this.database.forTenant(tenantId, () =>
      this.charges.withoutRecord(tenantId, run.windowStart, run.windowEnd),
    );
    if (sound && orphans.length === 0) return;
    await this.database.system('findings', async () => {
      if (!sound) {
        const { unbalanced, wrongWallets, wrongGrants, wrongHolds, gaps } = counts;
        await this.findings.add(run, {
          ...{ kind: 'books_unsound', tenantId, meter: null, subject: `books:${tenantId}` },
          ...{ found: unbalanced + wrongWallets + wrongGrants + wrongHolds + gaps, expected: 0 },
          ...{ outcome: 'alerted', before: { ...counts, discrepancies }, after: null },
        });
      }
      for (const { sourceKey, posted } of orphans) {
        await this.findings.add(run, {
          ...{ kind: 'ledger_mismatch', tenantId, meter: null, subject: sourceKey },
          ...{
            found: posted,
            expected: 0,
            outcome: 'alerted',
            before: { recorded: null, posted },
            after: null,
          },
        });
      }
    });
  }

  /** One tenant's long history keeps no other from being examined. */
  private async tellUnexamined(run: Run, tenantId: string): Promise<void> {
    await this.database.system('findings', () =>
      this.findings.add(run, {
        ...{ kind: 'books_unexamined', tenantId, meter: null, subject: `books:${tenantId}` },
        ...{ found: 1, expected: 0, outcome: 'alerted', before: null, after: null },
      }),
    );
  }
}

/** PostgreSQL's `query_canceled`: the statement took too long. */
function orTooLong(error: unknown): undefined {
  if ((error as { code?: string }).code !== '57014') throw error;
}
