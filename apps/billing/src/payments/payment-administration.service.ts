import { Injectable } from '@nestjs/common';
import {
  type AdminPayment,
  currentCaller,
  type RefundPaymentRequest,
  type ResolvePaymentRequest,
} from '@parley/contracts';
import { ActRecorder } from '@parley/messaging';
import { Database } from '@parley/persistence';
import { Collector } from './collector.service';
import { MoreThanIsLeft, NothingToReview, NotPayable, PaymentUnknown } from './payment.errors';
import { PaymentRepository, type PaymentRow } from './payment.repository';
import { PaymentsReadModel } from './payments.read-model';

/** What administrators decide about payments; who and why stays in the rows. */
@Injectable()
export class PaymentAdministration {
  constructor(
    private readonly database: Database,
    private readonly acts: ActRecorder,
    private readonly payments: PaymentRepository,
    private readonly collector: Collector,
    private readonly readModel: PaymentsReadModel,
  ) {}

  /** @throws CardDeclined when trying again is refused again: the payment goes on waiting */
  async resolve({ id, action }: ResolvePaymentRequest): Promise<AdminPayment> {
    const payment = await this.get(id);
    if (payment.review === null) throw new NothingToReview();
    const isPaid = payment.state === 'succeeded';
    if (action === 'retry') {
      if (isPaid) throw new NotPayable('went through already');
      await this.collector.charge(payment);
    } else if (action === 'refund') {
      await this.payBack(payment, undefined, 'review');
    } else if (!isPaid) {
      await this.collector.forgive(payment);
    }
    await this.database.forTenant(payment.tenantId, async () => {
      await this.payments.reviewed(id, currentCaller().userId ?? null, action);
      await this.record('payment.resolved', payment, { review: payment.review, action });
    });
    return this.readModel.get(id);
  }

  async refund({ id, amountCents, reason }: RefundPaymentRequest): Promise<AdminPayment> {
    await this.payBack(await this.get(id), amountCents, reason);
    return this.readModel.get(id);
  }

  private async payBack(payment: PaymentRow, wanted: number | undefined, note: string): Promise<void> {
    if (payment.state !== 'succeeded') throw new NotPayable('did not go through');
    if (payment.disputeState === 'opened') throw new NotPayable('is disputed');
    const leftCents = payment.amountCents - payment.refundedCents - payment.lostCents;
    const amountCents = wanted ?? leftCents;
    if (amountCents > leftCents || amountCents <= 0) throw new MoreThanIsLeft(leftCents);
    const stripeRefundId = await this.collector.refund(payment, amountCents);
    const { userId = null } = currentCaller();
    await this.database.forTenant(payment.tenantId, async () => {
      await this.database.execute(
        'UPDATE refunds SET requested_by = $3, note = $4 WHERE tenant_id = $1 AND stripe_refund_id = $2',
        [payment.tenantId, stripeRefundId, userId, note],
      );
      await this.record('payment.refunded', payment, { amountCents, stripeRefundId, reason: note });
    });
  }

  private record(action: string, { id, tenantId }: PaymentRow, after: object): Promise<void> {
    return this.acts.record({ action, resourceType: 'payment', resourceId: id, tenantId, after });
  }

  private async get(id: string): Promise<PaymentRow> {
    const payment = await this.database.system('a payment to decide about', () => this.payments.find(id));
    if (!payment) throw new PaymentUnknown();
    return payment;
  }
}
