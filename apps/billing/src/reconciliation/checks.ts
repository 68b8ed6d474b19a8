import { Injectable } from '@nestjs/common';
import type { RunPhase } from '@parley/contracts';
import { AggregatesCheck } from './aggregates.check';
import { CallsCheck } from './calls.check';
import { LedgerCheck } from './ledger.check';
import { RecordsCheck } from './records.check';
import type { Check } from './run';
import { StripeCheck } from './stripe.check';

/** What is done in each phase. */
@Injectable()
export class Checks {
  private readonly byPhase: Readonly<Record<RunPhase, Check>>;

  constructor(
    calls: CallsCheck,
    records: RecordsCheck,
    aggregates: AggregatesCheck,
    ledger: LedgerCheck,
    stripe: StripeCheck,
  ) {
    this.byPhase = { calls, records, aggregates, ledger, stripe };
  }

  of(phase: RunPhase): Check {
    return this.byPhase[phase];
  }
}
