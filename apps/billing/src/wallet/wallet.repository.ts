import { Injectable } from '@nestjs/common';
import { Database } from '@parley/persistence';
import { emptyWallet, type Wallet } from './wallet';

interface WalletRow extends Omit<Wallet, 'balance' | 'version'> {
  balance: string;
  version: string;
}

const SELECT = `SELECT tenant_id AS "tenantId", balance, version, opened_at AS "openedAt",
  first_used_at AS "firstUsedAt", low_notified_at AS "lowNotifiedAt" FROM wallets WHERE tenant_id = $1`;

@Injectable()
export class WalletRepository {
  constructor(private readonly database: Database) {}

  async find(tenantId: string): Promise<Wallet | undefined> {
    const [row] = await this.database.query<WalletRow>(SELECT, [tenantId]);
    return row && fromRow(row);
  }

  /** Holds the wallet until the transaction ends; a tenant's first change makes it. */
  async lock(tenantId: string): Promise<Wallet> {
    const locked = await this.findForUpdate(tenantId);
    if (locked) return locked;
    await this.database.execute('INSERT INTO wallets (tenant_id) VALUES ($1) ON CONFLICT DO NOTHING', [
      tenantId,
    ]);
    return (await this.findForUpdate(tenantId)) ?? emptyWallet(tenantId);
  }

  async save(wallet: Wallet): Promise<void> {
    const { tenantId, balance, version, openedAt, firstUsedAt, lowNotifiedAt } = wallet;
    await this.database.execute(
      `UPDATE wallets SET balance = $2, version = $3, opened_at = $4, first_used_at = $5, low_notified_at = $6,
         updated_at = now() WHERE tenant_id = $1`,
      [tenantId, balance, version, openedAt, firstUsedAt, lowNotifiedAt],
    );
  }

  private async findForUpdate(tenantId: string): Promise<Wallet | undefined> {
    const [row] = await this.database.query<WalletRow>(`${SELECT} FOR UPDATE`, [tenantId]);
    return row && fromRow(row);
  }
}

const fromRow = (row: WalletRow): Wallet => ({
  ...row,
  balance: Number(row.balance),
  version: Number(row.version),
});
