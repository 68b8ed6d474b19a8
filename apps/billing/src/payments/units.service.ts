import { Injectable } from '@nestjs/common';
import { Bookkeeper } from '../books/bookkeeper';
import { Grants } from '../grants/grants.service';
import { type Bought, unitsLost } from './payment';
import { PaymentRepository, type PaymentRow } from './payment.repository';

const DECADE_MS = 3_650 * 86_400_000;

/** Units that a payment bought: given, frozen, taken back, given again. Joins the tenant's transaction. */
@Injectable()
export class BoughtUnits {
  constructor(
    private readonly grants: Grants,
    private readonly bookkeeper: Bookkeeper,
    private readonly payments: PaymentRepository,
  ) {}

  async give(payment: PaymentRow, { pack, count }: Bought, at: Date): Promise<PaymentRow> {
    if (!pack || payment.kind === 'subscription') return payment;
    const quantity = pack.quantity * count;
    await this.grants.give({
      tenantId: payment.tenantId,
      naturalKey: keyOf(payment),
      meter: pack.meter,
      kind: payment.kind,
      quantity,
      description: `${quantity} ${pack.meter.replaceAll('_', ' ')} bought`,
      occurredAt: at,
      reference: payment.id,
    });
    return this.payments.change(payment, { meter: pack.meter, quantity });
  }

  /**
   * Brings what is taken back to what refunds and lost disputes say.
   * @param cause names this step, such as `refund:re_…`
   */
  async settle(payment: PaymentRow, cause: string, at: Date): Promise<PaymentRow> {
    const { tenantId, kind, meter, quantity, amountCents, refundedCents, lostCents } = payment;
    if (!meter || kind === 'subscription') return payment;
    const wanted = unitsLost(quantity, refundedCents + lostCents, amountCents);
    let missing = wanted - payment.unitsTaken;
    if (missing === 0) return payment;
    const reference = payment.id;
    if (missing < 0) {
      const restores = payment.restores + 1;
      const description = `${-missing} ${meter.replaceAll('_', ' ')} given again`;
      const naturalKey = `${keyOf(payment)}:restored:${restores}`;
      const given = { meter, kind, quantity: -missing, description, occurredAt: at, reference };
      await this.grants.give({ tenantId, naturalKey, ...given });
      return this.payments.change(payment, { unitsTaken: wanted, restores });
    }
    for (const grantKey of keysOf(payment)) {
      if (missing === 0) break;
      missing -= await this.grants.revoke({
        tenantId,
        grantKey,
        naturalKey: `${grantKey}:taken:${cause}`,
        quantity: missing,
        description: 'Paid back',
        occurredAt: at,
        reference,
      });
    }
    return this.payments.change(payment, { unitsTaken: wanted - missing });
  }

  /** What is left of the units in dispute may not be promised to anything until it is decided. */
  async freeze(payment: PaymentRow, disputeId: string, disputedCents: number): Promise<void> {
    const { tenantId, meter, quantity, amountCents } = payment;
    if (!meter) return;
    const atRisk = unitsLost(quantity, disputedCents, amountCents);
    const keys = keysOf(payment);
    const focus = { sourceKey: holdOf(disputeId), grants: keys };
    await this.bookkeeper.change(tenantId, focus, undefined, (books) => {
      if (books.hold(holdOf(disputeId))) return;
      const left = keys.reduce((sum, key) => sum + (books.grantOf(key)?.remaining ?? 0), 0);
      // Until decided, however long that takes.
      const until = new Date(books.now.getTime() + DECADE_MS);
      books.take(holdOf(disputeId), meter, Math.min(left, atRisk), until);
    });
  }

  async thaw({ tenantId }: PaymentRow, disputeId: string): Promise<void> {
    await this.bookkeeper.change(tenantId, { sourceKey: holdOf(disputeId) }, undefined, (books) => {
      const hold = books.hold(holdOf(disputeId));
      if (hold) books.close(hold, 'released');
    });
  }
}

const keyOf = ({ stripePaymentId }: PaymentRow): string => `stripe:units:${stripePaymentId}`;

/** Given last, taken first. */
function keysOf(payment: PaymentRow): string[] {
  const restored = Array.from(
    { length: payment.restores },
    (_, at) => `${keyOf(payment)}:restored:${at + 1}`,
  );
  return [...restored.reverse(), keyOf(payment)];
}

const holdOf = (disputeId: string): string => `dispute:${disputeId}`;
