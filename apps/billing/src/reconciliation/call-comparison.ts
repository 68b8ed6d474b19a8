import { Injectable } from '@nestjs/common';
import type { CallBillingFacts } from '@parley/contracts';
import { Database } from '@parley/persistence';
import { sourceKeyOf } from '../usage/usage';
import { type Charged, ChargesRepository } from './charges.repository';
import { FindingsRepository } from './findings.repository';
import type { Run } from './run';
import { SettleUsage } from './settle-usage';
import { reportOf } from './telephony-facts';

const METER = 'voice_minutes';

/** Calls against usage records against the ledger; the call is right. */
@Injectable()
export class CallComparison {
  constructor(
    private readonly database: Database,
    private readonly charges: ChargesRepository,
    private readonly findings: FindingsRepository,
    private readonly usage: SettleUsage,
  ) {}

  async compare(run: Run, calls: readonly CallBillingFacts[]): Promise<void> {
    const byKey = new Map(calls.map((call) => [keyOf(call), call]));
    const sources = calls.map((call) => ({
      tenantId: call.tenantId,
      sourceKey: sourceKeyOf(reportOf(call)),
    }));
    const charged = await this.database.system('what calls were charged', () =>
      this.charges.of(sources, METER),
    );
    for (const each of charged) {
      const call = byKey.get(`${each.tenantId}:${each.sourceKey}`);
      if (call && isWrong(call, each)) await this.repair(run, call);
    }
  }

  /** The repair and what is kept of it are one transaction: a process that dies has done both or nothing. */
  private async repair(run: Run, call: CallBillingFacts): Promise<void> {
    const report = reportOf(call);
    await this.database.forTenant(call.tenantId, async () => {
      const before = await this.usage.settle(call.tenantId, report);
      if (!before) return;
      const { quantity } = report;
      const missing = before.recorded === null && before.posted === 0;
      await this.findings.add(run, {
        kind: missing ? 'usage_missing' : 'usage_wrong',
        tenantId: call.tenantId,
        meter: METER,
        subject: sourceKeyOf(report),
        found: before.recorded === quantity ? before.posted : (before.recorded ?? 0),
        expected: quantity,
        outcome: 'repaired',
        before: { ...before },
        after: { recorded: quantity, posted: quantity, version: report.version },
      });
    });
  }
}

const keyOf = (call: CallBillingFacts): string => `${call.tenantId}:${sourceKeyOf(reportOf(call))}`;

/** A call that cost nothing need not be written down; what is known better here is on its way there. */
function isWrong(call: CallBillingFacts, { quantity, version, posted }: Charged): boolean {
  if (version !== null && version > call.version) return false;
  return (quantity ?? 0) !== call.billedMinutes || posted !== call.billedMinutes;
}
