import { Injectable, type OnModuleInit } from '@nestjs/common';
import type { PaymentDisputedV1, PaymentRefundedV1, PaymentSucceededV1 } from '@parley/contracts';
import { Jobs } from '@parley/messaging';
import { Database } from '@parley/persistence';
import { Prints } from '@parley/platform';
import { type PaymentContext, type PaymentListener, PaymentListeners } from '../payments/payment-listeners';
import { CodesRepository } from './codes.repository';
import type { Fact } from './commission';
import { FactsRepository } from './facts.repository';
import { disputeFact, paymentFact, refundFact } from './facts';
import { ReferralsRepository } from './referrals.repository';
import { settleKey, type SettleReferral, settleReferral } from './settle.job';
import { Settlements } from './settlements.service';

/**
 * Keeps what is told of payments with the tenant that pays, in the transaction that posts them. Who referred that
 * tenant is another tenant, so a job carries it over there.
 */
@Injectable()
export class PaymentWatch implements PaymentListener, OnModuleInit {
  constructor(
    private readonly database: Database,
    private readonly jobs: Jobs,
    private readonly payments: PaymentListeners,
    private readonly prints: Prints,
    private readonly codes: CodesRepository,
    private readonly referrals: ReferralsRepository,
    private readonly facts: FactsRepository,
    private readonly settlements: Settlements,
  ) {}

  onModuleInit(): void {
    this.payments.add(this);
    this.jobs.handle(settleReferral, (payload) => this.carryOver(payload));
  }

  async onSucceeded(payment: PaymentSucceededV1, { tenantId }: PaymentContext): Promise<void> {
    const { cardFingerprint } = payment;
    const card = cardFingerprint ? this.prints.of('card', cardFingerprint) : null;
    await this.keep(tenantId, paymentFact(payment, card));
  }

  async onRefunded(refund: PaymentRefundedV1, { tenantId }: PaymentContext): Promise<void> {
    await this.keep(tenantId, refundFact(refund));
  }

  async onDisputed(dispute: PaymentDisputedV1, { tenantId }: PaymentContext): Promise<void> {
    await this.keep(tenantId, disputeFact(dispute));
  }

  /** What a tenant paid, to who referred it; and, where it refers others itself, to those who share its cards. */
  async carryOver({ payingTenantId }: SettleReferral): Promise<void> {
    const { referral, facts, isHome } = await this.database.system(
      'who referred a paying tenant',
      async () => ({
        referral: await this.referrals.findByReferred(payingTenantId),
        facts: await this.facts.of(payingTenantId, payingTenantId),
        isHome: await this.codes.isHome(payingTenantId),
      }),
    );
    if (referral) await this.settlements.settle(referral.tenantId, referral.id, facts);
    if (isHome) await this.suspectReferred(payingTenantId);
  }

  private async keep(tenantId: string, fact: Fact): Promise<void> {
    await this.facts.keep(tenantId, tenantId, [fact]);
    await this.jobs.enqueue(
      settleReferral,
      { payingTenantId: tenantId },
      { tenantId, key: settleKey(tenantId) },
    );
  }

  /** Each by itself, so that each waits in line behind its own referrer only. */
  private async suspectReferred(tenantId: string): Promise<void> {
    const sharing = await this.database.forTenant(tenantId, () => this.facts.sharingCardsWith(tenantId));
    for (const referredTenantId of sharing)
      await this.database.forTenant(tenantId, async () => {
        const found = await this.referrals.findByReferred(referredTenantId);
        const referral = found ? await this.settlements.lock(found.id) : undefined;
        if (referral && (await this.settlements.suspectCard(referral, tenantId)))
          await this.settlements.bring(referral);
      });
  }
}
