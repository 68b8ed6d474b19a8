import { Inject, Injectable } from '@nestjs/common';
import {
  type CreditBalance,
  type CreditTransaction,
  type CreditTransactionPage,
  decodeCursor,
  DEFAULT_PAGE_SIZE,
  Invalid,
  type ListTransactionsRequest,
  toPage,
} from '@parley/contracts';
import { Database } from '@parley/persistence';
import { LiveConfig } from '@parley/platform';
import { Bookkeeper } from '../books/bookkeeper';
import type { BillingConfig } from '../config';
import { LedgerRepository, type StatementRow } from '../ledger/ledger.repository';
import { tenantOfCaller } from '../tenant-of-caller';
import { creditState } from './wallet';

@Injectable()
export class WalletService {
  constructor(
    @Inject(LiveConfig) private readonly live: LiveConfig<BillingConfig>,
    private readonly database: Database,
    private readonly bookkeeper: Bookkeeper,
    private readonly ledger: LedgerRepository,
  ) {}

  /** A tenant exists: its free credits, once whatever is redelivered (BR-031, C-08). */
  async open(tenantId: string, at: Date, causationId: string): Promise<void> {
    const naturalKey = `tenant:${tenantId}:signup-bonus`;
    const quantity = this.live.get('FREE_CREDITS');
    await this.bookkeeper.change(tenantId, { naturalKeys: [naturalKey] }, causationId, (books) => {
      if (books.tenant.openedAt) return;
      books.tenant.openedAt = at;
      if (quantity === 0) return;
      const description = `${quantity} free credits on registration`;
      books.grant({
        meter: 'credits',
        grantKind: 'bonus',
        kind: 'bonus',
        quantity,
        expiresAt: null,
        naturalKey,
        description,
        occurredAt: at,
      });
    });
  }

  async credits(): Promise<CreditBalance> {
    const tenantId = tenantOfCaller();
    const lowThreshold = this.live.get('LOW_CREDITS_THRESHOLD');
    const credits = await this.database.tenant(() => this.ledger.credits(tenantId));
    const { balance } = credits;
    return { balance, state: creditState(credits, lowThreshold), low: balance < lowThreshold, lowThreshold };
  }

  /** Newest first, in the order of posting, so that each balance follows from the row below it. */
  async transactions({
    type,
    meter = 'credits',
    limit = DEFAULT_PAGE_SIZE,
    cursor,
  }: ListTransactionsRequest): Promise<InstanceType<typeof CreditTransactionPage>> {
    const tenantId = tenantOfCaller();
    const rows = await this.database.tenant(() =>
      this.ledger.statement({
        tenantId,
        meter,
        limit: limit + 1,
        ...(type ? { kind: type } : {}),
        ...(cursor ? { before: numberOf(cursor) } : {}),
      }),
    );
    return toPage(rows, limit, toCreditTransaction, ({ number }) => [number]);
  }
}

function numberOf(cursor: string): number {
  const number = Number(decodeCursor(cursor, 1)[0]);
  if (Number.isSafeInteger(number) && number > 0) return number;
  throw new Invalid('Invalid input: cursor', [{ field: 'cursor', message: 'is not a cursor of this list' }]);
}

const toCreditTransaction = (row: StatementRow): CreditTransaction => ({
  id: row.id,
  type: row.kind,
  amount: Number(row.amount),
  balanceAfter: Number(row.balanceAfter),
  description: row.description,
  callId: row.callId,
  occurredAt: row.occurredAt.toISOString(),
  createdAt: row.createdAt.toISOString(),
});
