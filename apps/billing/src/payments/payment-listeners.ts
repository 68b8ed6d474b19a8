import { Injectable } from '@nestjs/common';
import type { PaymentDisputedV1, PaymentRefundedV1, PaymentSucceededV1 } from '@parley/contracts';

/** What is told of a payment, with whose it is. */
export interface PaymentContext {
  readonly tenantId: string;
  /** The event that led to it. */
  readonly causationId?: string;
}

/**
 * Who has to post something of their own together with a payment, such as a commission. Called inside the transaction
 * of the tenant that posts the payment, once per payment, refund and status of a dispute; what it throws undoes all.
 */
export interface PaymentListener {
  onSucceeded(payment: PaymentSucceededV1, context: PaymentContext): Promise<void>;
  onRefunded(refund: PaymentRefundedV1, context: PaymentContext): Promise<void>;
  onDisputed(dispute: PaymentDisputedV1, context: PaymentContext): Promise<void>;
}

/** Listeners add themselves in `onModuleInit`; they are called in that order. */
@Injectable()
export class PaymentListeners {
  private readonly listeners: PaymentListener[] = [];

  add(listener: PaymentListener): void {
    this.listeners.push(listener);
  }

  async onSucceeded(payment: PaymentSucceededV1, context: PaymentContext): Promise<void> {
    for (const listener of this.listeners) await listener.onSucceeded(payment, context);
  }

  async onRefunded(refund: PaymentRefundedV1, context: PaymentContext): Promise<void> {
    for (const listener of this.listeners) await listener.onRefunded(refund, context);
  }

  async onDisputed(dispute: PaymentDisputedV1, context: PaymentContext): Promise<void> {
    for (const listener of this.listeners) await listener.onDisputed(dispute, context);
  }
}
