import { Bool, Instant, Int, Json, ListOf, Nested, OneOf, Text, Uuid } from '../fields';
import { PageRequest, pageOf } from '../page';
import { defineOperation } from '../rpc';

export const RUN_STATUSES = ['running', 'done', 'failed'] as const;
export type RunStatus = (typeof RUN_STATUSES)[number];

export const RUN_TRIGGERS = ['schedule', 'manual'] as const;
export type RunTrigger = (typeof RUN_TRIGGERS)[number];

/** In the order they are gone through: what one repairs, the next one counts. */
export const RUN_PHASES = ['calls', 'records', 'aggregates', 'ledger', 'stripe'] as const;
export type RunPhase = (typeof RUN_PHASES)[number];

/**
 * What can be wrong. Repaired by entries of their own: `usage_missing`, `usage_wrong`, `aggregate_wrong`,
 * `payment_missing`. Only told, since a person has to find out why: the rest.
 */
export const FINDING_KINDS = [
  'usage_missing',
  'usage_wrong',
  'usage_without_call',
  'ledger_mismatch',
  'aggregate_wrong',
  'books_unsound',
  'books_unexamined',
  'payment_missing',
  'cash_mismatch',
] as const;
export type FindingKind = (typeof FINDING_KINDS)[number];

export const FINDING_OUTCOMES = ['repaired', 'alerted'] as const;
export type FindingOutcome = (typeof FINDING_OUTCOMES)[number];

export class ReconciliationRun {
  @Uuid() id: string;
  @OneOf(RUN_TRIGGERS) trigger: RunTrigger;
  @Uuid({ nullable: true }) triggeredBy: string | null;
  @OneOf(RUN_STATUSES) status: RunStatus;
  @OneOf(RUN_PHASES, { nullable: true, description: 'Where it is; null when it is over' })
  phase: RunPhase | null;
  @Int({ min: 0, description: 'Differences above are flagged, in percent of what is right' })
  thresholdPct: number;
  @Instant({ description: 'What was told before is not looked at' }) windowStart: string;
  @Instant({ description: 'What was told later may still be on its way' }) windowEnd: string;
  @Int({ min: 0 }) callsChecked: number;
  @Int({ min: 0 }) recordsChecked: number;
  @Int({ min: 0 }) periodsChecked: number;
  @Int({ min: 0 }) tenantsChecked: number;
  @Int({ min: 0 }) paymentsChecked: number;
  @Int({ min: 0, description: 'Differences found' }) findings: number;
  @Int({ min: 0, description: 'Of them above the threshold' }) flagged: number;
  @Int({ min: 0, description: 'Of them put right' }) repaired: number;
  @Text({ nullable: true, max: 500 }) error: string | null;
  @Instant() startedAt: string;
  @Instant({ nullable: true }) finishedAt: string | null;
}

export class ReconciliationRunPage extends pageOf(ReconciliationRun) {}

export class ReconciliationItem {
  @Uuid() id: string;
  @OneOf(FINDING_KINDS) kind: FindingKind;
  @Uuid({ nullable: true }) tenantId: string | null;
  @Text({ max: 60, nullable: true }) meter: string | null;
  @Text({ max: 300, description: 'What is wrong, such as `call:<id>`' }) subject: string;
  @Int({ description: 'What it was found to be' }) found: number;
  @Int({ description: 'What it should be' }) expected: number;
  @Int({ description: 'found - expected' }) delta: number;
  @Int({ min: 0, description: 'In hundredths of a percent of what it should be, or of 1' })
  deltaBasisPoints: number;
  @Bool({ description: 'Above the threshold' }) flagged: boolean;
  @OneOf(FINDING_OUTCOMES) outcome: FindingOutcome;
  @Json({ nullable: true, description: 'As it was' }) before: Record<string, unknown> | null;
  @Json({ nullable: true, description: 'As it was left; null when nothing was done' })
  after: Record<string, unknown> | null;
  @Instant() createdAt: string;
}

export class ReconciliationRunDetail {
  @Nested(() => ReconciliationRun) run: ReconciliationRun;
  @ListOf(() => ReconciliationItem) items: ReconciliationItem[];
  @Text({ nullable: true, max: 512, description: 'Pass as `cursor` for more items; null on the last page' })
  nextCursor: string | null;
}

export class RunIdParam {
  @Uuid() id: string;
}

export class ListRunItemsQuery extends PageRequest {
  @Bool({ optional: true, description: 'Only what is above the threshold, or only what is not' })
  flagged?: boolean;
  @OneOf(FINDING_KINDS, { optional: true }) kind?: FindingKind;
}

export class GetRunRequest extends ListRunItemsQuery {
  @Uuid() id: string;
}

export class StartRunRequest {
  @Int({ optional: true, min: 1, max: 400, description: 'How far back to look; a billing period by default' })
  days?: number;
}

export class StartedRun {
  @Uuid() runId: string;
}

const ADMINISTRATION = { service: 'billing', role: 'super_admin' } as const;

/** 409 while one runs. */
export const startReconciliation = defineOperation({
  name: 'billing.reconciliation.start',
  request: StartRunRequest,
  response: StartedRun,
  ...ADMINISTRATION,
});

export const listReconciliations = defineOperation({
  name: 'billing.reconciliation.list',
  request: PageRequest,
  response: ReconciliationRunPage,
  ...ADMINISTRATION,
});

export const getReconciliation = defineOperation({
  name: 'billing.reconciliation.get',
  request: GetRunRequest,
  response: ReconciliationRunDetail,
  ...ADMINISTRATION,
});
