import { AggregatesCheck } from './aggregates.check';
import { FindingAlerts } from './alerts';
import { CallComparison } from './call-comparison';
import { CallsCheck } from './calls.check';
import { ChargesRepository } from './charges.repository';
import { Checks } from './checks';
import { FindingsRepository } from './findings.repository';
import { LedgerCashRepository } from './ledger-cash.repository';
import { LedgerCheck } from './ledger.check';
import { ReconciliationReadModel } from './reconciliation.read-model';
import { Reconciliation } from './reconciliation.service';
import { RecordsCheck } from './records.check';
import { RunsRepository } from './runs.repository';
import { SettleUsage } from './settle-usage';
import { StripeCashReader } from './stripe-cash.reader';
import { StripeCheck } from './stripe.check';
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
  LedgerCashRepository,
  LedgerCheck,
  Reconciliation,
  ReconciliationReadModel,
  RecordsCheck,
  RunsRepository,
  SettleUsage,
  StripeCashReader,
  StripeCheck,
  TelephonyFacts,
];
