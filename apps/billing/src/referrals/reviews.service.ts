import { Injectable } from '@nestjs/common';
import { currentCaller, type DecideSignalsRequest } from '@parley/contracts';
import { ActRecorder } from '@parley/messaging';
import { Database } from '@parley/persistence';
import { NothingToReview, ReferralUnknown } from './referral.errors';
import { ReferralsRepository } from './referrals.repository';
import { Settlements } from './settlements.service';

/** Administrators look at what was held. */
@Injectable()
export class Reviews {
  constructor(
    private readonly database: Database,
    private readonly acts: ActRecorder,
    private readonly referrals: ReferralsRepository,
    private readonly settlements: Settlements,
  ) {}

  /** Nothing wrong: commissions go on from where they would be. */
  clear(request: DecideSignalsRequest): Promise<void> {
    return this.decide(request, 'cleared');
  }

  /** Fraud: what was earned is taken back, also what was paid, and nothing more is earned. */
  reject(request: DecideSignalsRequest): Promise<void> {
    return this.decide(request, 'rejected');
  }

  private async decide({ id, note }: DecideSignalsRequest, state: 'cleared' | 'rejected'): Promise<void> {
    const found = await this.database.system('which referral is looked at', () => this.referrals.find(id));
    if (!found) throw new ReferralUnknown();
    await this.database.forTenant(found.tenantId, async () => {
      const referral = await this.settlements.lock(id);
      if (!referral) throw new ReferralUnknown();
      if (referral.review !== 'open') throw new NothingToReview();
      await this.referrals.decideSignals(id, state, currentCaller().userId ?? null, note);
      referral.review = state;
      await this.settlements.bring(referral);
      await this.acts.record({
        action: state === 'cleared' ? 'referral.signals-cleared' : 'referral.signals-rejected',
        resourceType: 'referral',
        resourceId: id,
        tenantId: found.tenantId,
        after: { note },
      });
    });
  }
}
