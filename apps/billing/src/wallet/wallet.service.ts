import { Inject, Injectable } from '@nestjs/common';
import {
  type CreditBalance,
  type CreditTransaction,
  type CreditTransactionPage,
  creditsChangedV1,
  creditsLowV1,
  currentCaller,
  decodeCursor,
  DEFAULT_PAGE_SIZE,
  Invalid,
  type ListTransactionsRequest,
  toPage,
} from '@parley/contracts';
import { Outbox } from '@parley/messaging';
import { Database } from '@parley/persistence';
import { LiveConfig } from '@parley/platform';
import type { BillingConfig } from '../config';
import { entriesOf, type Posting } from '../ledger/ledger';
import { LedgerRepository, type StatementRow } from '../ledger/ledger.repository';
import { afterPosting, creditState, emptyWallet, lowNotice, type Wallet } from './wallet';
import { WalletRepository } from './wallet.repository';

@Injectable()
export class WalletService {
  constructor(
    @Inject(LiveConfig) private readonly live: LiveConfig<BillingConfig>,
    private readonly database: Database,
    private readonly outbox: Outbox,
    private readonly ledger: LedgerRepository,
    private readonly wallets: WalletRepository,
  ) {}

  /** Puts the changes of one tenant in line until the open transaction ends. Lock before deciding anything. */
  async lock(tenantId: string): Promise<Wallet> {
    return this.wallets.lock(tenantId);
  }

  /**
   * Posts a change of a locked wallet. What was posted before under the same natural key is not posted again.
   * @returns the wallet as it stands now
   */
  async post(wallet: Wallet, posting: Posting, causationId: string): Promise<Wallet> {
    const now = new Date();
    const changed = afterPosting(wallet, posting.kind, posting.amount, now);
    const posted = await this.ledger.post(posting, changed.version, entriesOf(posting, changed.balance));
    if (!posted) return wallet;
    const { tenantId, kind, amount, callId } = posting;
    const { balance } = changed;
    const publication = { subject: tenantId, tenantId, causationId };
    await this.outbox.add(creditsChangedV1, { amount, balance, kind, callId }, publication);
    const threshold = this.live.get('LOW_CREDITS_THRESHOLD');
    const low = lowNotice(changed, threshold, now);
    if (low.due) await this.outbox.add(creditsLowV1, { balance, threshold }, publication);
    await this.wallets.save(low.wallet);
    return low.wallet;
  }

  /** A tenant exists: its free credits, once whatever is redelivered (BR-031, C-08). */
  async open(tenantId: string, at: Date, causationId: string): Promise<void> {
    const wallet = await this.wallets.lock(tenantId);
    if (wallet.openedAt) return;
    const opened: Wallet = { ...wallet, openedAt: at };
    const amount = this.live.get('FREE_CREDITS');
    if (amount === 0) return this.wallets.save(opened);
    const naturalKey = `tenant:${tenantId}:signup-bonus`;
    const description = `${amount} free credits on registration`;
    await this.post(
      opened,
      { tenantId, kind: 'bonus', naturalKey, amount, description, callId: null, occurredAt: at },
      causationId,
    );
  }

  async credits(): Promise<CreditBalance> {
    const tenantId = tenantOfCaller();
    const lowThreshold = this.live.get('LOW_CREDITS_THRESHOLD');
    const wallet = (await this.database.tenant(() => this.wallets.find(tenantId))) ?? emptyWallet(tenantId);
    const { balance } = wallet;
    return { balance, state: creditState(wallet, lowThreshold), low: balance < lowThreshold, lowThreshold };
  }

  /** Newest first, in the order of posting, so that each balance follows from the row below it. */
  async transactions({
    type,
    limit = DEFAULT_PAGE_SIZE,
    cursor,
  }: ListTransactionsRequest): Promise<InstanceType<typeof CreditTransactionPage>> {
    const tenantId = tenantOfCaller();
    const rows = await this.database.tenant(() =>
      this.ledger.statement({
        tenantId,
        limit: limit + 1,
        ...(type ? { kind: type } : {}),
        ...(cursor ? { before: numberOf(cursor) } : {}),
      }),
    );
    return toPage(rows, limit, toCreditTransaction, ({ number }) => [number]);
  }
}

function tenantOfCaller(): string {
  const { tenantId } = currentCaller();
  if (!tenantId) throw new Invalid('Choose a tenant first: credits belong to one');
  return tenantId;
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
