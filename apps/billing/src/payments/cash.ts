import { Injectable } from '@nestjs/common';
import type { MoneyMeter, TransactionKind } from '@parley/contracts';
import { Ledger } from '../ledger/ledger.service';
import type { PaymentRow } from './payment.repository';

export interface CashMoved {
  readonly kind: Extract<TransactionKind, 'payment' | 'refund' | 'dispute'>;
  /** Names the fact, such as `refund:re_…`. */
  readonly fact: string;
  /** Cents that came to our balance at Stripe; below zero when they left. */
  readonly cents: number;
  readonly account: 'revenue' | 'refunds' | 'disputes';
  readonly description: string;
  readonly occurredAt: Date;
}

/**
 * Money at Stripe. A tenant's account `money:<currency>:stripe` is what Stripe's balance has of its customer, before
 * Stripe's fees.
 */
@Injectable()
export class Cash {
  constructor(private readonly ledger: Ledger) {}

  /** Once per fact. */
  async move({ id, tenantId, currency }: PaymentRow, moved: CashMoved): Promise<void> {
    const { kind, fact, cents, account, description, occurredAt } = moved;
    const meter: MoneyMeter = `money:${currency}`;
    await this.ledger.post({
      tenantId,
      kind,
      naturalKey: `stripe:${fact}`,
      description,
      reference: id,
      occurredAt,
      entries: [
        { account: 'stripe', meter, amount: cents },
        { account, meter, amount: -cents },
      ],
    });
  }
}
