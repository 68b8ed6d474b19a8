import { Injectable } from '@nestjs/common';
import { WalletService } from '../wallet/wallet.service';
import { type CallUsage, type Charge, chargeFor, isNews } from './usage';
import { UsageRepository } from './usage.repository';

@Injectable()
export class UsageService {
  constructor(
    private readonly usages: UsageRepository,
    private readonly wallets: WalletService,
  ) {}

  /**
   * Bills a call what it lasted, exactly once whatever is redelivered and in whatever order. A running call is
   * billed whole and may make the balance negative (C-22). Joins the open transaction.
   */
  async billCall(tenantId: string, usage: CallUsage, causationId: string): Promise<void> {
    const wallet = await this.wallets.lock(tenantId);
    const billed = await this.usages.findCall(tenantId, usage.callId);
    if (!isNews(usage, billed)) return;
    const charge = chargeFor(usage, billed);
    await this.usages.saveCall(tenantId, usage);
    if (!charge) return;
    await this.wallets.post(
      wallet,
      {
        tenantId,
        kind: 'usage',
        naturalKey: charge.naturalKey,
        amount: -charge.credits,
        description: describe(usage, charge, billed !== undefined),
        callId: usage.callId,
        occurredAt: usage.endedAt,
      },
      causationId,
    );
  }
}

function describe({ seconds }: CallUsage, { credits }: Charge, correction: boolean): string {
  const length = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
  if (!correction) return `Call of ${length}`;
  return credits > 0
    ? `Call of ${length}: longer than first reported`
    : `Call of ${length}: shorter than first reported`;
}
