import { Injectable } from '@nestjs/common';
import { type FindingKind, opsAlertRaisedV1 } from '@parley/contracts';
import { Outbox } from '@parley/messaging';
import { alertKeyOf } from './finding';
import { FindingsRepository, type StoredFinding } from './findings.repository';

/** Alerts of one run; what is beyond is one alert that says how many more there are. */
const MOST = 50;

/** Tells operations of each finding, in the transaction that marks it told. */
@Injectable()
export class FindingAlerts {
  constructor(
    private readonly findings: FindingsRepository,
    private readonly outbox: Outbox,
  ) {}

  /** In the system scope. */
  async tell(runId: string): Promise<void> {
    const room = MOST - (await this.findings.countTold(runId));
    if (room <= 0) return;
    const untold = await this.findings.untold(runId, room);
    for (const finding of untold) await this.raise(runId, finding);
    if (untold.length > 0) await this.findings.markTold(untold.map(({ id }) => id));
  }

  async tellTheRest(runId: string): Promise<void> {
    const more = await this.findings.markAllTold(runId);
    if (more === 0) return;
    await this.outbox.add(
      opsAlertRaisedV1,
      {
        kind: 'reconciliation_findings',
        severity: 'critical',
        message: `Reconciliation found ${more} differences more than it told one by one`,
        details: { runId, more },
        dedupeKey: `reconciliation:more:${runId}`,
      },
      { subject: runId },
    );
  }

  /** What it did not come to was not compared: somebody has to begin another one. */
  async tellFailure(runId: string): Promise<void> {
    await this.outbox.add(
      opsAlertRaisedV1,
      {
        kind: 'reconciliation_failed',
        severity: 'critical',
        message: 'A reconciliation was given up before its end',
        details: { runId },
        dedupeKey: `reconciliation:failed:${runId}`,
      },
      { subject: runId },
    );
  }

  private async raise(runId: string, finding: StoredFinding): Promise<void> {
    const { kind, tenantId, meter, subject, found, expected, outcome, flagged } = finding;
    await this.outbox.add(
      opsAlertRaisedV1,
      {
        kind: `reconciliation_${kind}`,
        severity: outcome === 'alerted' ? 'critical' : 'warning',
        ...(tenantId ? { tenantId } : {}),
        message: `${TEXTS[kind]}: ${found} instead of ${expected}${outcome === 'repaired' ? ', repaired' : ''}`,
        details: { runId, itemId: finding.id, subject, meter, found, expected, flagged, outcome },
        dedupeKey: alertKeyOf(finding, runId),
      },
      { subject: runId },
    );
  }
}

const TEXTS: Readonly<Record<FindingKind, string>> = {
  usage_missing: 'A call that ended was not charged',
  usage_wrong: 'A call was charged otherwise than it lasted',
  usage_without_call: 'A call was charged that nobody knows of',
  ledger_mismatch: 'The ledger charged otherwise than what was used',
  aggregate_wrong: 'The use of a period is not the sum of its records',
  books_unsound: 'The books of a tenant are not sound',
  books_unexamined: 'The books of a tenant could not be examined in time',
  payment_missing: 'A payment at Stripe was not known',
  cash_mismatch: 'Money in the ledger is not what Stripe says',
};
