import { Inject, Injectable } from '@nestjs/common';
import { isUuid } from '@parley/contracts';
import { Database } from '@parley/persistence';
import { CONFIG } from '@parley/platform';
import type { BillingConfig } from '../config';
import { CallComparison } from './call-comparison';
import { isSettled } from './calls.check';
import { ChargesRepository, type RecordRow } from './charges.repository';
import { FindingsRepository } from './findings.repository';
import type { Batch, Check, Run } from './run';
import { TelephonyFacts } from './telephony-facts';

/** Everything that was charged was used, and the ledger took as much. */
@Injectable()
export class RecordsCheck implements Check {
  readonly phase = 'records';

  constructor(
    @Inject(CONFIG) private readonly config: BillingConfig,
    private readonly database: Database,
    private readonly telephony: TelephonyFacts,
    private readonly charges: ChargesRepository,
    private readonly comparison: CallComparison,
    private readonly findings: FindingsRepository,
  ) {}

  async next(run: Run): Promise<Batch> {
    const { RECONCILIATION_BATCH: size } = this.config;
    const records = await this.database.system('usage records', () =>
      this.charges.records(run.cursor ?? firstIdOf(run.windowStart), run.windowEnd, size),
    );
    const calls = records.filter(({ sourceType }) => sourceType === 'call');
    await this.compareCalls(run, calls);
    for (const record of records) {
      if (record.sourceType !== 'call' && record.quantity !== record.posted) await this.tell(run, record);
    }
    const last = records.length === size ? records.at(-1) : undefined;
    return { checked: { records: records.length }, cursor: last?.id ?? null };
  }

  private async compareCalls(run: Run, records: readonly RecordRow[]): Promise<void> {
    if (records.length === 0) return;
    const callIds = records.map(({ sourceId }) => sourceId).filter(isUuid);
    const { data, deletedCallIds } = await this.telephony.page({ callIds });
    const known = new Set(data.map(({ tenantId, callId }) => `${tenantId}:${callId}`));
    const deleted = new Set(deletedCallIds);
    for (const record of records) {
      const { tenantId, sourceId } = record;
      if (!known.has(`${tenantId}:${sourceId}`) && !deleted.has(sourceId))
        await this.tellUnknown(run, record);
    }
    await this.comparison.compare(
      run,
      data.filter((call) => isSettled(call, run)),
    );
  }

  private async tellUnknown(
    run: Run,
    { tenantId, meter, sourceKey, quantity, posted }: RecordRow,
  ): Promise<void> {
    if (quantity === 0 && posted === 0) return;
    await this.add(run, {
      kind: 'usage_without_call',
      tenantId,
      meter,
      subject: sourceKey,
      found: quantity,
      expected: 0,
      before: { recorded: quantity, posted },
    });
  }

  private async tell(run: Run, { tenantId, meter, sourceKey, quantity, posted }: RecordRow): Promise<void> {
    await this.add(run, {
      kind: 'ledger_mismatch',
      tenantId,
      meter,
      subject: sourceKey,
      found: posted,
      expected: quantity,
      before: { recorded: quantity, posted },
    });
  }

  private async add(
    run: Run,
    finding: Omit<Parameters<FindingsRepository['add']>[1], 'outcome' | 'after'>,
  ): Promise<void> {
    await this.database.system('a finding', () =>
      this.findings.add(run, { ...finding, outcome: 'alerted', after: null }),
    );
  }
}

/** The least id that could be made at an instant: ids begin with their time. */
export function firstIdOf(at: Date): string {
  const ms = at.getTime().toString(16).padStart(12, '0');
  return `${ms.slice(0, 8)}-${ms.slice(8)}-7000-8000-000000000000`;
}
