import type { Meter, TransactionKind } from '@parley/contracts';

/** What is said of a transaction beside its entries. */
export interface TransactionFacts {
  readonly kind: TransactionKind;
  /** Names the effect, not the message that asked for it: a second posting with the same key does nothing. */
  readonly naturalKey: string;
  readonly description: string;
  readonly callId?: string | null;
  readonly reference?: string | null;
  readonly actorId?: string | null;
  /** When it happened in the world. */
  readonly occurredAt: Date;
}

export interface Movement {
  readonly meter: Meter;
  readonly account: string;
  readonly amount: number;
}

/** A transaction being written: movements of one account add up to one entry. */
export class Draft {
  private readonly sums = new Map<string, Movement>();

  /** Changes the wallet by `amount` against `account`. */
  move(meter: Meter, account: string, amount: number): void {
    this.add(meter, 'wallet', amount);
    this.add(meter, account, -amount);
  }

  transfer(meter: Meter, from: string, to: string, amount: number): void {
    this.add(meter, from, -amount);
    this.add(meter, to, amount);
  }

  add(meter: Meter, account: string, amount: number): void {
    const key = `${meter}:${account}`;
    this.sums.set(key, { meter, account, amount: (this.sums.get(key)?.amount ?? 0) + amount });
  }

  /** @throws Error when a meter does not sum to zero: that is a bug, the database would refuse it too */
  movements(): Movement[] {
    const moved = [...this.sums.values()].filter(({ amount }) => amount !== 0);
    const totals = new Map<Meter, number>();
    for (const { meter, amount } of moved) totals.set(meter, (totals.get(meter) ?? 0) + amount);
    for (const [meter, total] of totals) if (total !== 0) throw new Error(`${meter} does not sum to zero`);
    return moved;
  }
}
