import { Injectable } from '@nestjs/common';
import {
  currentCaller,
  newId,
  type PayoutMethod,
  type PayoutRequestBody,
  type PayoutResponse,
  payoutRequestedV1,
} from '@parley/contracts';
import { ActRecorder, Outbox } from '@parley/messaging';
import { Database } from '@parley/persistence';
import { Prints, SecretBox } from '@parley/platform';
import { Ledger } from '../ledger/ledger.service';
import { CodesRepository } from './codes.repository';
import { ReferralCodes } from './codes.service';
import { CommissionsRepository } from './commissions.repository';
import { checkMethod, last4Of } from './payout-method';
import { toPayoutResponse } from './payout-response';
import { type NewPayout, PayoutsRepository } from './payouts.repository';
import { personOfCaller } from './person-of-caller';
import { type Program, ProgramRepository } from './program.repository';
import { entriesOf } from './referral-accounts';
import { BelowMinimumPayout, InsufficientCommissions, PayoutOpen } from './referral.errors';
import { SightingsRepository } from './sightings.repository';

/** People ask for what they earned. */
@Injectable()
export class Payouts {
  constructor(
    private readonly database: Database,
    private readonly outbox: Outbox,
    private readonly acts: ActRecorder,
    private readonly box: SecretBox,
    private readonly prints: Prints,
    private readonly ledger: Ledger,
    private readonly owners: ReferralCodes,
    private readonly codes: CodesRepository,
    private readonly programs: ProgramRepository,
    private readonly commissions: CommissionsRepository,
    private readonly payouts: PayoutsRepository,
    private readonly sightings: SightingsRepository,
  ) {}

  /** @throws BelowMinimumPayout, InsufficientCommissions, PayoutOpen; two at once: one is refused */
  async request(request: PayoutRequestBody): Promise<PayoutResponse> {
    const userId = personOfCaller();
    const method = checkMethod(request.method);
    const code = await this.owners.findOf(userId);
    if (!code) throw new BelowMinimumPayout(0, (await this.program()).minPayoutCents);
    const { tenantId } = code;
    return this.database.forTenant(tenantId, async () => {
      await this.codes.lock(userId);
      const program = await this.programs.current();
      if (await this.payouts.hasOpen(userId)) throw new PayoutOpen();
      const { available } = await this.commissions.balances(tenantId, userId);
      const amountCents = amountOf(request.amountCents, available, program);
      await this.sightings.add(tenantId, userId, this.prints.ofNetwork(currentCaller().ip));
      return this.add({ tenantId, userId, amountCents, currency: program.currency }, method);
    });
  }

  private async add(
    facts: Pick<NewPayout, 'tenantId' | 'userId' | 'amountCents' | 'currency'>,
    method: PayoutMethod,
  ): Promise<PayoutResponse> {
    const id = newId();
    const { tenantId, userId, amountCents, currency } = facts;
    const methodKind = method.kind;
    const sealed = this.box.seal(JSON.stringify(method), sealOwner(id));
    const payout: NewPayout = { ...facts, id, methodKind, last4: last4Of(method), sealed };
    const added = await this.payouts.add(payout);
    await this.payouts.allocate(payout);
    await this.ledger.post({
      tenantId,
      entries: entriesOf(currency, [
        ['available', -amountCents],
        ['requested', amountCents],
      ]),
      kind: 'payout',
      naturalKey: `payout:${id}:requested`,
      description: 'Payout requested',
      reference: `payout:${id}`,
      actorId: userId,
      occurredAt: added.createdAt,
    });
    await this.outbox.add(
      payoutRequestedV1,
      { payoutId: id, userId, amountCents, currency, methodKind },
      { subject: id, tenantId },
    );
    await this.acts.record({
      action: 'payout.requested',
      resourceType: 'payout',
      resourceId: id,
      tenantId,
      after: { amountCents, currency, methodKind },
    });
    return toPayoutResponse(added);
  }

  private program(): Promise<Program> {
    return this.database.system('referral settings', () => this.programs.current());
  }
}

/** What a sealed method is bound to, so that it opens in its own row only. */
export const sealOwner = (payoutId: string): string => `payout:${payoutId}`;

function amountOf(asked: number | undefined, available: number, { minPayoutCents }: Program): number {
  const amount = asked ?? Math.max(0, available);
  if (amount < Math.max(1, minPayoutCents)) throw new BelowMinimumPayout(amount, minPayoutCents);
  if (amount > available) throw new InsufficientCommissions(Math.max(0, available));
  return amount;
}
