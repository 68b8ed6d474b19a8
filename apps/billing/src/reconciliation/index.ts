import { AggregatesCheck } from './aggregates.check';
import { FindingAlerts } from './alerts';
import { CallComparison } from './call-comparison';
import { CallsCheck } from './calls.check';
import { ChargesRepository } from './charges.repository';
import { Checks } from './checks';
import { FindingsRepository } from './findings.repository';
import { LedgerCheck } from './ledger.check';
import { ReconciliationReadModel } from './reconciliation.read-model';
import { Reconciliation } from './reconciliation.service';
import { RecordsCheck } from './records.check';
import { RunsRepository } from './runs.repository';
import { SettleUsage } from './settle-usage';
import { TelephonyFacts } from './telephony-facts';

export { ReconciliationController } from './reconciliation.controller';

export const RECONCILIATION_PROVIDERS = [
  AggregatesCheck,
  CallComparison,
  CallsCheck,
  ChargesRepository,
  Checks,
  FindingAlerts,
  FindingsRepository,
  LedgerCheck,
  Reconciliation,
  ReconciliationReadModel,
  RecordsCheck,
  RunsRepository,
  SettleUsage,
  TelephonyFacts,
];
