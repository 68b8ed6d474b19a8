import { Injectable } from '@nestjs/common';
import { commissionClawedBackV1, commissionEarnedV1 } from '@parley/contracts';
import { Jobs, Outbox } from '@parley/messaging';
import { Database } from '@parley/persistence';
import { Ledger } from '../ledger/ledger.service';
import { CodesRepository } from './codes.repository';
import { CommissionsRepository } from './commissions.repository';
import type { Fact, Line } from './commission';
import { FactsRepository, type KeptFact } from './facts.repository';
import { entriesOf, type REFERRAL_ACCOUNT } from './referral-accounts';
import { type Referral, ReferralsRepository } from './referrals.repository';
import { type Movement, Settlement } from './settlement';
import { settleReferral } from './settle.job';

/**
 * Brings what a referral earned in line with what is known of its payments. Everything happens in one transaction of
 * the referrer's tenant, in line behind the lock of the referrer's code; doing it again changes nothing.
 */
@Injectable()
export class Settlements {
  constructor(
    private readonly database: Database,
    private readonly jobs: Jobs,
    private readonly outbox: Outbox,
    private readonly ledger: Ledger,
    private readonly codes: CodesRepository,
    private readonly referrals: ReferralsRepository,
    private readonly facts: FactsRepository,
    private readonly commissions: CommissionsRepository,
  ) {}

  /** @param news facts of the referred tenant; those known before are left out */
  async settle(tenantId: string, referralId: string, news: readonly Fact[] = []): Promise<void> {
    await this.database.forTenant(tenantId, async () => {
      const referral = await this.lock(referralId);
      if (!referral) return;
      await this.facts.keep(tenantId, referral.referredTenantId, news);
      await this.bring(referral);
    });
  }

  /** Joins the open transaction of the referrer's tenant. */
  async lock(referralId: string): Promise<Referral | undefined> {
    const found = await this.referrals.find(referralId);
    if (!found) return undefined;
    await this.codes.lock(found.referrerUserId);
    return this.referrals.lock(referralId);
  }

  /** As `settle`, for a referral that is locked; what the caller changed of it is stored with it. */
  async bring(referral: Referral): Promise<void> {
    const { tenantId, referredTenantId } = referral;
    const known = await this.facts.of(tenantId, referredTenantId);
    const news = paymentsFirst(known.filter(({ applied }) => !applied));
    await this.watchCards(referral, known);
    const settlement = new Settlement(
      referral,
      await this.commissions.of(referral.id),
      known.filter(({ applied }) => applied),
      new Date(),
      await this.commissions.isRewarded(referral.id),
    );
    const applied = news.filter((fact) => settlement.apply(fact)).map(({ key }) => key);
    settlement.catchUp();
    for (const movement of settlement.movements) await this.post(referral, movement);
    await this.facts.markApplied(tenantId, referredTenantId, applied);
    await this.referrals.save(referral);
  }

  /**
   * A card that the referrer or another of those they referred pays with holds both until somebody looked. All cards
   * every time, the last time when the hold ends: of two payments at once neither may have seen the other.
   */
  private async watchCards(referral: Referral, known: readonly KeptFact[]): Promise<void> {
    const cards = known.flatMap(({ card }) => (card ? [card] : []));
    for (const { referralId, payingTenantId } of await this.facts.sightings(referral, cards)) {
      await this.suspectCard(referral, payingTenantId);
      const other = referralId ? await this.referrals.lock(referralId) : undefined;
      if (!other || !(await this.suspectCard(other, referral.referredTenantId))) continue;
      await this.referrals.save(other);
      await this.jobs.enqueue(settleReferral, { payingTenantId: other.referredTenantId });
    }
  }

  /** Changes the referral, without storing it. @returns false when that was known */
  async suspectCard(referral: Referral, payingTenantId: string): Promise<boolean> {
    const own = payingTenantId === referral.tenantId;
    const isNew = await this.referrals.addSignal(referral, {
      kind: 'card',
      seenIn: payingTenantId,
      reason: own
        ? 'Pays with a card that the referrer’s tenant paid with'
        : 'Pays with a card that another tenant referred by the same person paid with',
      evidence: { payingTenantId },
    });
    if (isNew && referral.review !== 'rejected') referral.review = 'open';
    return isNew;
  }

  private async post(referral: Referral, movement: Movement): Promise<void> {
    const { line, before, cause, occurredAt } = movement;
    const { tenantId, currency } = referral;
    const clawedBackCents = line.clawedBackCents - (before?.clawedBackCents ?? 0);
    const entries = entriesOf(currency, [...amountsOf(line, before), ['clawedBack', clawedBackCents]]);
    const name = `commission:${line.paymentId}:${line.kind}`;
    if (entries.length > 0)
      await this.ledger.post({
        tenantId,
        entries,
        kind: clawedBackCents === 0 ? 'commission' : 'clawback',
        naturalKey: before ? `${name}:${line.version}` : name,
        description: describe(movement, clawedBackCents),
        reference: `referral:${referral.id}`,
        occurredAt,
      });
    if (before) await this.commissions.save(line);
    else await this.commissions.add(referral, line);
    if (clawedBackCents !== 0) await this.commissions.addClawback(referral, line, cause, clawedBackCents);
    await this.tell(referral, movement);
  }

  private async tell(referral: Referral, { line, before, cause }: Movement): Promise<void> {
    const { id: referralId, referrerUserId, currency, tenantId } = referral;
    const facts = { commissionId: line.id, referralId, referrerUserId, paymentId: line.paymentId, currency };
    const publication = { subject: referralId, tenantId };
    if (!before) {
      const availableAt = line.availableAt.toISOString();
      const { kind, amountCents, place } = line;
      const earned = { ...facts, kind, amountCents, held: place === 'held', availableAt };
      await this.outbox.add(commissionEarnedV1, earned, publication);
      return;
    }
    const totalCents = line.voided ? line.amountCents : line.clawedBackCents;
    const amountCents = totalCents - before.clawedBackCents;
    if (amountCents === 0) return;
    await this.outbox.add(commissionClawedBackV1, { ...facts, amountCents, totalCents, cause }, publication);
  }
}

/** Out of where it stood, into where it stands; what is voided goes back to where it came from. */
function amountsOf(line: Line, before: Movement['before']): [keyof typeof REFERRAL_ACCOUNT, number][] {
  const { amountCents, clawedBackCents, place } = line;
  const out = before ? before.clawedBackCents - amountCents : 0;
  const from: [keyof typeof REFERRAL_ACCOUNT, number] = before
    ? [before.place, out]
    : ['earned', -amountCents];
  return [from, line.voided ? ['earned', amountCents] : [place, amountCents - clawedBackCents]];
}

/** A refund can only be applied to a payment that is known. */
const paymentsFirst = (facts: readonly KeptFact[]): KeptFact[] => [
  ...facts.filter(({ kind }) => kind === 'payment'),
  ...facts.filter(({ kind }) => kind !== 'payment'),
];

function describe({ line, before }: Movement, clawedBackCents: number): string {
  if (!before)
    return line.kind === 'initial' ? 'Bonus for a referral' : 'Share of a referred tenant’s payment';
  if (line.voided) return 'Commission goes to an earlier invoice';
  if (clawedBackCents > 0) return 'Commission taken back';
  if (clawedBackCents < 0) return 'Commission given again';
  return { pending: 'Commission waits', held: 'Commission held', available: 'Commission available' }[
    line.place
  ];
}
