import { Injectable } from '@nestjs/common';
import type { DisputeFacts, PaymentFacts } from '../stripe/stripe-facts';
import { Cash } from './cash';
import { DisputeRepository, type DisputeRow } from './dispute.repository';
import { PaymentRepository, type PaymentRow } from './payment.repository';
import { PaymentNews } from './payment-news';
import { BoughtUnits } from './units.service';
import { UnpaidPeriods } from './unpaid-periods';

const NEW: Omit<DisputeRow, 'id' | 'asOf'> = { state: 'opened', round: 1, moneyMoved: false, lostCents: 0 };

/**
 * Cardholders who want their money back. A dispute opens once and is decided, and sometimes decided again: one that was
 * lost can be won after an appeal. Each step once, however often it is told.
 */
@Injectable()
export class Disputes {
  constructor(
    private readonly payments: PaymentRepository,
    private readonly disputes: DisputeRepository,
    private readonly cash: Cash,
    private readonly units: BoughtUnits,
    private readonly news: PaymentNews,
    private readonly unpaid: UnpaidPeriods,
  ) {}

  async follow(payment: PaymentRow, facts: PaymentFacts, dispute: DisputeFacts): Promise<PaymentRow> {
    const known = await this.disputes.find(payment.tenantId, dispute.id);
    const { state } = dispute;
    if (known && (isOlder(facts, known) || (known.state === state && state !== 'opened'))) return payment;
    const before = known ?? NEW;
    const takenBack = before.state !== 'opened';
    const round = before.round + (takenBack ? 1 : 0);
    const step = (name: string) => `dispute:${dispute.id}:${name}${round > 1 ? `:${round}` : ''}`;
    let current = payment;
    if (!known) await this.units.freeze(current, dispute.id, dispute.amountCents);
    if (!known || takenBack) current = await this.payments.change(current, { disputeState: 'opened' });
    // An inquiry takes no money, unless it becomes a dispute later.
    const moneyMoved = before.moneyMoved || dispute.moneyMoved;
    if (moneyMoved && !(before.moneyMoved && before.state !== 'won'))
      await this.move(current, dispute, { fact: step('opened'), cents: -dispute.amountCents });
    const lostCents = state === 'opened' ? before.lostCents : state === 'lost' ? dispute.amountCents : 0;
    const after = { state, round, moneyMoved, lostCents, asOf: facts.askedAt };
    const id = await this.disputes.save(current, dispute, after);
    if (!known) await this.news.disputed(current, facts, id, dispute, 'opened');
    if (state === 'opened') return current;
    if (state === 'won' && moneyMoved)
      await this.move(current, dispute, { fact: step('won'), cents: dispute.amountCents });
    current = await this.decide(current, facts, dispute, lostCents - before.lostCents, step(state));
    // Lost again after an appeal is what was told before.
    const isNews = state === 'won' || before.lostCents === 0;
    if (isNews) await this.news.disputed(current, facts, id, dispute, state);
    return current;
  }

  private async decide(
    payment: PaymentRow,
    facts: PaymentFacts,
    { id, state }: DisputeFacts,
    moreLost: number,
    cause: string,
  ): Promise<PaymentRow> {
    await this.units.thaw(payment, id);
    const lostCents = payment.lostCents + moreLost;
    const changed = await this.payments.change(payment, { disputeState: state, lostCents });
    const settled = await this.units.settle(changed, cause, new Date());
    if (moreLost > 0) await this.unpaid.endWhatIsUnpaid(settled, facts);
    return settled;
  }

  private move(
    payment: PaymentRow,
    { createdAt }: DisputeFacts,
    { fact, cents }: { fact: string; cents: number },
  ): Promise<void> {
    const isBack = cents > 0;
    return this.cash.move(payment, {
      kind: 'dispute',
      fact,
      cents,
      account: 'disputes',
      description: isBack ? 'Dispute won' : 'Disputed',
      occurredAt: isBack ? new Date() : createdAt,
    });
  }
}

const isOlder = ({ askedAt }: PaymentFacts, { asOf }: DisputeRow): boolean => asOf !== null && asOf > askedAt;
