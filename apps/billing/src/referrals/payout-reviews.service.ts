import { Injectable } from '@nestjs/common';
import {
  type AdminPayoutResponse,
  currentCaller,
  type MarkPayoutPaidRequest,
  parseAs,
  payoutApprovedV1,
  PayoutMethod,
  payoutPaidV1,
  payoutRejectedV1,
  type PayoutStatus,
  type RejectPayoutRequest,
} from '@parley/contracts';
import { ActRecorder, Outbox } from '@parley/messaging';
import { Database } from '@parley/persistence';
import { SecretBox } from '@parley/platform';
import { Ledger } from '../ledger/ledger.service';
import { CodesRepository } from './codes.repository';
import { CommissionsRepository } from './commissions.repository';
import { toAdminPayoutResponse } from './payout-response';
import { type Payout, PayoutsRepository } from './payouts.repository';
import { sealOwner } from './payouts.service';
import { entriesOf } from './referral-accounts';
import { NoOpenPayout, PayoutInOtherState, PayoutNotCovered, PayoutUnknown } from './referral.errors';
import { ReferralsRepository } from './referrals.repository';

/** Administrators decide: pending, then approved, then paid; or rejected while pending (BR-062). */
@Injectable()
export class PayoutReviews {
  constructor(
    private readonly database: Database,
    private readonly outbox: Outbox,
    private readonly acts: ActRecorder,
    private readonly box: SecretBox,
    private readonly ledger: Ledger,
    private readonly codes: CodesRepository,
    private readonly commissions: CommissionsRepository,
    private readonly payouts: PayoutsRepository,
    private readonly referrals: ReferralsRepository,
  ) {}

  approve(id: string): Promise<AdminPayoutResponse> {
    return this.decide(id, 'pending', async (payout) => {
      await this.refuseUncovered(payout);
      const approved = await this.payouts.review(payout.id, 'approved', actor(), null);
      await this.outbox.add(payoutApprovedV1, factsOf(payout), {
        subject: payout.id,
        tenantId: payout.tenantId,
      });
      await this.record('payout.approved', payout);
      return approved;
    });
  }

  /** The money is available again. */
  reject({ id, reason }: RejectPayoutRequest): Promise<AdminPayoutResponse> {
    return this.decide(id, 'pending', async (payout) => {
      await this.move(payout, 'rejected', 'available', 'Payout rejected');
      const rejected = await this.payouts.review(payout.id, 'rejected', actor(), reason);
      const publication = { subject: payout.id, tenantId: payout.tenantId };
      await this.outbox.add(payoutRejectedV1, { ...factsOf(payout), reason }, publication);
      await this.record('payout.rejected', payout, { reason });
      return rejected;
    });
  }

  /** Somebody transferred it. Never more than was earned: what was taken back since has to be earned back first. */
  markPaid({ id, reference }: MarkPayoutPaidRequest): Promise<AdminPayoutResponse> {
    return this.decide(id, 'approved', async (payout) => {
      await this.refuseUncovered(payout);
      await this.move(payout, 'paid', 'paid', 'Payout paid');
      const paid = await this.payouts.pay(payout.id, actor(), reference);
      const publication = { subject: payout.id, tenantId: payout.tenantId };
      await this.outbox.add(payoutPaidV1, { ...factsOf(payout), reference }, publication);
      await this.record('payout.paid', payout, { reference });
      return paid;
    });
  }

  async revealMethod(id: string): Promise<PayoutMethod> {
    const sealed = await this.database.system('where a payout goes', async () => {
      const payout = await this.payouts.find(id);
      const method = await this.payouts.sealedMethod(id);
      if (!payout || !method) throw new PayoutUnknown();
      await this.record('payout.account-revealed', payout);
      return method;
    });
    return parseAs(PayoutMethod, JSON.parse(this.box.open(sealed, sealOwner(id))));
  }

  private record(action: string, payout: Payout, facts: object = {}): Promise<void> {
    const { payoutId, ...rest } = factsOf(payout);
    return this.acts.record({
      action,
      resourceType: 'payout',
      resourceId: payoutId,
      tenantId: payout.tenantId,
      after: { ...rest, ...facts },
    });
  }

  /** In line behind the lock of whose payout it is, so that of two decisions at once one finds another state. */
  private async decide(
    id: string,
    from: PayoutStatus,
    act: (payout: Payout) => Promise<Payout>,
  ): Promise<AdminPayoutResponse> {
    const found = await this.database.system('which payout is decided', () => this.find(id));
    const { tenantId, userId } = found;
    return this.database.forTenant(tenantId, async () => {
      await this.codes.lock(userId);
      const payout = await this.payouts.find(found.id);
      if (!payout) throw new PayoutUnknown();
      if (payout.status !== from) throw new PayoutInOtherState(payout.status);
      const decided = await act(payout);
      const { available } = await this.commissions.balances(tenantId, userId);
      return toAdminPayoutResponse(decided, available);
    });
  }

  private async find(id: string): Promise<Payout> {
    const payout = (await this.payouts.find(id)) ?? (await this.payouts.findOpenOf(id));
    if (payout) return payout;
    if (await this.referrals.find(id)) throw new NoOpenPayout();
    throw new PayoutUnknown();
  }

  private async refuseUncovered({ tenantId, userId }: Payout): Promise<void> {
    const { available } = await this.commissions.balances(tenantId, userId);
    if (available < 0) throw new PayoutNotCovered(-available);
  }

  private async move(
    payout: Payout,
    step: string,
    to: 'available' | 'paid',
    description: string,
  ): Promise<void> {
    const { id, tenantId, currency, amountCents } = payout;
    await this.ledger.post({
      tenantId,
      entries: entriesOf(currency, [
        ['requested', -amountCents],
        [to, amountCents],
      ]),
      kind: 'payout',
      naturalKey: `payout:${id}:${step}`,
      description,
      reference: `payout:${id}`,
      actorId: actor(),
      occurredAt: new Date(),
    });
  }
}

const actor = (): string | null => currentCaller().userId ?? null;

const factsOf = ({ id: payoutId, userId, amountCents, currency }: Payout) => ({
  payoutId,
  userId,
  amountCents,
  currency,
});
