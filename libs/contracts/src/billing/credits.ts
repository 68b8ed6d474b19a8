import { Bool, Instant, Int, OneOf, Text, Uuid } from '../fields';
import { PageRequest, pageOf } from '../page';
import { defineOperation, Nothing } from '../rpc';
import { USAGE_METERS, type UsageMeter } from './meters';

/** `new` until credits are first spent; then by balance: over the threshold, under it, none left. */
export const CREDIT_STATES = ['new', 'active', 'low', 'exhausted'] as const;
export type CreditState = (typeof CREDIT_STATES)[number];

/** `overage`: use over a closed period's allowance leaves the wallet; `expiry`: what was not used lapses. */
export const TRANSACTION_KINDS = [
  'purchase',
  'usage',
  'bonus',
  'admin_adjustment',
  'refund',
  'allowance',
  'topup',
  'expiry',
  'overage',
  'payment',
  'dispute',
  'commission',
  'payout',
  'clawback',
] as const;
export type TransactionKind = (typeof TRANSACTION_KINDS)[number];

export class CreditBalance {
  @Int({ description: 'Credits left; negative when the last call cost more than was left', example: 12 })
  balance: number;
  @OneOf(CREDIT_STATES) state: CreditState;
  @Bool({ description: 'Whether the balance is under the threshold' }) low: boolean;
  @Int({ min: 0, example: 5 }) lowThreshold: number;
}

export const getCredits = defineOperation({
  name: 'billing.credits.get',
  service: 'billing',
  request: Nothing,
  response: CreditBalance,
});

export class CreditTransaction {
  @Uuid() id: string;
  @OneOf(TRANSACTION_KINDS) type: TransactionKind;
  @Int({ description: 'Positive when granted, negative when spent', example: -3 }) amount: number;
  @Int({ description: 'The balance this transaction left', example: 12 }) balanceAfter: number;
  @Text({ max: 500, example: 'Call of 133 seconds' }) description: string;
  @Uuid({ nullable: true }) callId: string | null;
  @Instant({ description: 'When it happened; redelivered facts are posted later' }) occurredAt: string;
  @Instant({ description: 'When it was posted' }) createdAt: string;
}

export const CreditTransactionPage = pageOf(CreditTransaction);

export class ListTransactionsRequest extends PageRequest {
  @OneOf(TRANSACTION_KINDS, { optional: true }) type?: TransactionKind;
  @OneOf(USAGE_METERS, { optional: true, description: 'Whose statement; `credits` by default' })
  meter?: UsageMeter;
}

export const listTransactions = defineOperation({
  name: 'billing.transactions.list',
  service: 'billing',
  request: ListTransactionsRequest,
  response: CreditTransactionPage,
});
