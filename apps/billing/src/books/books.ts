import { type Meter, newId, type TransactionKind, type UsageMeter } from '@parley/contracts';
import type { OutboxDraft } from '@parley/messaging';
import type {
  BooksState,
  Burn,
  Cover,
  Entry,
  Grant,
  GrantKind,
  Hold,
  Period,
  TenantRow,
  Transaction,
  UsageFacts,
  UsageRecord,
  Wallet,
} from './books.state';
import { Draft, type TransactionFacts } from './draft';
import { roomOf } from '../periods/level';
import { available, burnOrder, isExpired, lastFunding, type Position, PRIORITY } from './funding';
import { PastUse } from './past-use';

export interface NewGrant extends TransactionFacts {
  readonly meter: UsageMeter;
  readonly grantKind: GrantKind;
  readonly quantity: number;
  readonly expiresAt: Date | null;
  /** The period whose allowance it is. */
  readonly periodId?: string;
}

/** A change of what a source used; below zero gives back. */
export interface UnitsUsed extends TransactionFacts {
  readonly sourceKey: string;
  readonly meter: UsageMeter;
  readonly units: number;
  /** Where they go; `consumed` unless said otherwise. */
  readonly account?: string;
}

/**
 * One tenant's books while they are locked: every change is decided here, in memory, and stored at once by
 * `BooksRepository.save`. What holds after each change:
 * a wallet of units is its grants' remainders less what is not paid yet; nothing is unpaid while a grant that may pay
 * for it has units left; each transaction sums to zero per meter.
 */
export class Books {
  readonly transactions: Transaction[] = [];
  /** Periods closed while the books are locked. */
  readonly ended: Period[] = [];
  private told = { transactions: 0, ended: 0 };
  readonly past = new PastUse();
  /** Calls whose start was seen, for those who let them start. */
  private started: string[] = [];
  /** What the change means, told when it commits. */
  readonly events: OutboxDraft[] = [];
  readonly changed = {
    wallets: new Set<Wallet>(),
    grants: new Set<Grant>(),
    burns: new Set<Burn>(),
    periods: new Set<Period>(),
    holds: new Set<Hold>(),
    usage: new Map<string, UsageRecord & UsageFacts>(),
  };

  constructor(
    readonly state: BooksState,
    readonly now: Date,
  ) {}

  get tenant(): TenantRow {
    return this.state.tenant;
  }

  get tenantId(): string {
    return this.state.tenant.tenantId;
  }

  wallet(meter: Meter): Wallet {
    const known = this.state.wallets.find((wallet) => wallet.meter === meter);
    if (known) return known;
    const opened: Wallet = { meter, balance: 0, held: 0, version: 0 };
    this.state.wallets.push(opened);
    return opened;
  }

  /** What was posted and what ended since this was asked before: of several changes, each tells its own. */
  takeUntold(): { transactions: Transaction[]; ended: Period[] } {
    const { transactions, ended } = this.told;
    this.told = { transactions: this.transactions.length, ended: this.ended.length };
    return { transactions: this.transactions.slice(transactions), ended: this.ended.slice(ended) };
  }

  /** From now on what is available is less what the call is promised. */
  countStart(callId: string): void {
    this.started.push(callId);
  }

  takeStarted(): string[] {
    return this.started.splice(0);
  }

  period(meter: UsageMeter): Period | undefined {
    return this.state.periods.find((period) => period.meter === meter && period.closedAt === null);
  }

  openPeriods(): Period[] {
    return this.state.periods.filter(({ closedAt }) => closedAt === null);
  }

  openPeriod(period: Period): Period {
    const topups = this.state.grants.filter(({ meter, kind }) => meter === period.meter && kind === 'topup');
    period.topup = topups.reduce((sum, { remaining }) => sum + remaining, 0);
    this.state.periods.push(period);
    this.changed.periods.add(period);
    return period;
  }

  changePeriod(period: Period, terms: Partial<Period>): void {
    Object.assign(period, terms);
    this.changed.periods.add(period);
  }

  /** What is left of its allowance lapses; what went beyond is written off. */
  closePeriod(period: Period): void {
    for (const grant of this.allowancesOf(period)) {
      this.expire(grant);
      // What a correction gives back to it later has lapsed as well.
      if (!isExpired(grant, this.now)) grant.expiresAt = this.now;
      this.changed.grants.add(grant);
    }
    this.writeOff(period);
    period.closedAt = this.now;
    this.changed.periods.add(period);
    this.ended.push(period);
  }

  allowancesOf({ id }: Period): Grant[] {
    return this.state.grants.filter(({ periodId }) => periodId === id);
  }

  /**
   * Brings the allowance of a period to what it includes, until the period ends: what was granted too much is taken
   * back, used or not.
   * @param wanted less than that, where some of it was used before
   */
  allow(period: Period, naturalKey: string, wanted = period.included ?? 0): void {
    const granted = this.allowancesOf(period);
    const net = granted.reduce((sum, { quantity, revoked }) => sum + quantity - revoked, 0);
    const missing = wanted - net;
    for (const grant of granted) this.lapseWith(period, grant);
    const facts = { kind: 'allowance', reference: period.id, occurredAt: period.periodStart } as const;
    if (missing > 0) {
      this.grant({
        ...facts,
        naturalKey,
        description: `${missing} included until ${period.periodEnd.toISOString().slice(0, 10)}`,
        meter: period.meter,
        grantKind: 'allowance',
        quantity: missing,
        expiresAt: period.periodEnd,
        periodId: period.id,
      });
    }
    let surplus = -missing;
    for (const grant of granted.reverse()) {
      if (surplus <= 0) return;
      const key = `${grant.sourceKey}:reduced:${this.tenant.postings + 1}`;
      const description = 'The plan includes less';
      surplus -= this.revoke(grant, surplus, { ...facts, naturalKey: key, description });
    }
  }

  private lapseWith({ periodEnd }: Period, grant: Grant): void {
    if (grant.expiresAt?.getTime() === periodEnd.getTime()) return;
    grant.expiresAt = periodEnd;
    this.changed.grants.add(grant);
  }

  isPosted(naturalKey: string): boolean {
    return this.state.posted.has(naturalKey);
  }

  grantOf(sourceKey: string): Grant | undefined {
    return this.state.grants.find((grant) => grant.sourceKey === sourceKey);
  }

  /** How many more units may be promised without going under the plan's floor. */
  available(meter: UsageMeter): number {
    return available((of) => this.position(of), meter);
  }

  /** The same without the room beyond allowance and top-ups: what is left of what was given. */
  left(meter: UsageMeter): number {
    return available((of) => ({ ...this.position(of, 0), room: 0 }), meter);
  }

  position(meter: UsageMeter, room = this.room(meter)): Position {
    const { balance, held } = this.wallet(meter);
    if (this.period(meter)?.included === null) return { free: null, held, room: 0 };
    return this.owesItself(meter) ? { free: balance + room, held, room: 0 } : { free: balance, held, room };
  }

  private room(meter: UsageMeter): number {
    const period = this.period(meter);
    return period ? roomOf(period) : 0;
  }

  /** Whether use in the room stays on the meter: it is billed there, or nothing else could owe it. */
  private owesItself(meter: UsageMeter): boolean {
    return lastFunding(meter) === meter || this.period(meter)?.overageBilled === true;
  }

  /** What a source is known to have used of a meter; without its key, the only source in hand. */
  usage(meter: UsageMeter, sourceKey?: string): UsageRecord | undefined {
    return this.state.usage.find(
      (record) => record.meter === meter && (sourceKey === undefined || record.sourceKey === sourceKey),
    );
  }

  /** Writes down what a source used; what was known of it before is replaced. */
  record(facts: UsageFacts, meter: UsageMeter, version: number, quantity: number): void {
    const sourceKey = `${facts.sourceType}:${facts.sourceId}`;
    const known = this.usage(meter, sourceKey);
    const period = known
      ? this.state.periods.find(({ id }) => id === known.periodId)
      : (this.past.periodOf(sourceKey, meter) ?? this.period(meter));
    if (period) {
      period.used += quantity - (known?.quantity ?? 0);
      this.changed.periods.add(period);
    }
    const id = known?.id ?? newId();
    const periodId = known ? known.periodId : (period?.id ?? null);
    const record = { id, sourceKey, meter, version, quantity, periodId };
    this.state.usage.splice(0, Infinity, ...this.state.usage.filter((other) => other !== known), record);
    this.changed.usage.set(id, { ...facts, ...record });
  }

  /** Posts movements between accounts that are not units of grants: money. */
  post(
    facts: TransactionFacts,
    movements: readonly { account: string; meter: Meter; amount: number }[],
  ): void {
    this.inTransaction(facts, (draft) => {
      for (const { account, meter, amount } of movements) draft.add(meter, account, amount);
    });
  }

  /** Grants units once per natural key; they pay first for what is not paid yet. */
  grant(grant: NewGrant): void {
    const { meter, grantKind: kind, quantity, naturalKey: sourceKey, expiresAt, periodId = null } = grant;
    const { kind: posting, description, callId = null, reference = null, actorId = null, occurredAt } = grant;
    const facts = {
      kind: posting,
      naturalKey: sourceKey,
      description,
      callId,
      reference,
      actorId,
      occurredAt,
    };
    this.inTransaction(facts, (draft) => {
      this.addGrant({ meter, kind, quantity, expiresAt, sourceKey, periodId });
      if (kind === 'topup') this.topUp(meter, quantity);
      draft.move(meter, GRANTED[kind], quantity);
      this.payOpen(draft);
    });
  }

  /** Takes units for a source, or gives back what it took, the newest first. */
  use({ sourceKey, meter, units, account = 'consumed', ...facts }: UnitsUsed): void {
    this.inTransaction(facts, (draft) => {
      if (units > 0) this.draw(draft, sourceKey, meter, units, account);
      else this.giveBack(draft, sourceKey, meter, -units);
      this.payOpen(draft);
    });
  }

  /**
   * Takes back granted units: what is left of the grant, and for what was used the user pays otherwise or owes it.
   * @returns units taken back, never more than were granted
   */
  revoke(grant: Grant, units: number, facts: TransactionFacts): number {
    const taken = Math.min(units, grant.quantity - grant.revoked);
    if (taken <= 0 || this.isPosted(facts.naturalKey)) return 0;
    this.inTransaction(facts, (draft) => {
      grant.revoked += taken;
      const unused = Math.min(taken, grant.remaining);
      grant.remaining -= unused;
      this.changed.grants.add(grant);
      draft.move(grant.meter, TAKEN_BACK, -unused);
      if (grant.kind === 'topup') this.topUp(grant.meter, -taken);
      if (taken > unused) this.draw(draft, facts.naturalKey, grant.meter, taken - unused, TAKEN_BACK);
    });
    return taken;
  }

  /** Whatever has lapsed is gone before anything else is decided. */
  expireDue(): void {
    for (const grant of this.state.grants) {
      if (grant.remaining > 0 && isExpired(grant, this.now)) this.expire(grant);
    }
  }

  expire(grant: Grant): void {
    const { remaining } = grant;
    if (remaining === 0) return;
    const facts: TransactionFacts = {
      kind: 'expiry',
      naturalKey: `grant:${grant.id}:expiry:${this.tenant.postings + 1}`,
      description: `${remaining} unused lapsed`,
      reference: grant.sourceKey,
      occurredAt: grant.expiresAt ?? this.now,
    };
    this.inTransaction(facts, (draft) => {
      grant.remaining = 0;
      this.past.lapse(grant.id, remaining);
      this.changed.grants.add(grant);
      draft.move(grant.meter, 'expired', -remaining);
    });
  }

  /** A period is over: use beyond its allowance leaves the wallet, for the next allowance to start whole. */
  writeOff(period: Period, naturalKey = `period:${period.id}:overage`): void {
    const { meter } = period;
    const open = this.openBurns().filter(
      (burn) => burn.usageMeter === meter && burn.meter === meter && burn.account !== TAKEN_BACK,
    );
    if (open.length === 0) return;
    const facts: TransactionFacts = {
      kind: 'overage',
      naturalKey,
      description: 'Use beyond the allowance of the period',
      reference: period.id,
      occurredAt: period.periodEnd,
    };
    this.inTransaction(facts, (draft) => {
      for (const burn of open) {
        const units = burn.amount - burn.returned;
        this.returned(burn, units);
        this.burn(burn.sourceKey, meter, meter, burn.account, 'written_off', null, units);
        draft.move(meter, 'overage', units);
      }
    });
  }

  /** Use beyond the allowance is billed by the meter: it leaves the wallet, and nothing pays for it again. */
  bill(period: Period): void {
    const before = this.wallet(period.meter).balance;
    this.writeOff(period, `period:${period.id}:billed:${this.tenant.postings + 1}`);
    const units = this.wallet(period.meter).balance - before;
    if (units > 0) this.changePeriod(period, { billed: period.billed + units });
  }

  hold(sourceKey: string): Hold | undefined {
    return this.state.holds.find((hold) => hold.sourceKey === sourceKey);
  }

  /** Promises units to what is about to run. What nothing covers is promised to nobody: the caller decides. */
  take(
    sourceKey: string,
    meter: UsageMeter,
    quantity: number,
    expiresAt: Date,
    { overdrawn = false, userId = null }: Partial<Pick<Hold, 'overdrawn' | 'userId'>> = {},
  ): Hold {
    const hold: Hold = {
      id: newId(),
      sourceKey,
      meter,
      quantity: 0,
      state: 'open',
      overdrawn,
      expiresAt,
      userId,
    };
    this.state.holds.push(hold);
    this.resize(hold, quantity);
    return hold;
  }

  /** Promises anew what was let go. */
  reopen(hold: Hold, quantity: number, expiresAt: Date): Hold {
    Object.assign(hold, { state: 'open', quantity: 0, expiresAt });
    this.resize(hold, quantity);
    return hold;
  }

  resize(hold: Hold, quantity: number): void {
    const wallet = this.wallet(hold.meter);
    wallet.held += quantity - hold.quantity;
    hold.quantity = quantity;
    this.changed.wallets.add(wallet);
    this.changed.holds.add(hold);
  }

  /** Ends a hold; what it promised is free again. */
  close(hold: Hold, state: 'posted' | 'released' | 'expired'): void {
    if (hold.state !== 'open') return;
    const wallet = this.wallet(hold.meter);
    wallet.held -= hold.quantity;
    hold.state = state;
    this.changed.wallets.add(wallet);
    this.changed.holds.add(hold);
  }

  private draw(
    draft: Draft,
    sourceKey: string,
    usageMeter: UsageMeter,
    units: number,
    account: string,
  ): void {
    const past = this.past.periodOf(sourceKey, usageMeter);
    const period = past ?? this.period(usageMeter);
    if (period && period.included === null && account !== TAKEN_BACK) {
      this.burn(sourceKey, usageMeter, usageMeter, account, 'unlimited', null, units);
      draft.add(usageMeter, account, units);
      draft.add(usageMeter, 'unlimited', -units);
      return;
    }
    let left = past ? this.drawLapsed(draft, past, sourceKey, account, units) : units;
    for (const grant of burnOrder(this.state.grants, usageMeter, this.now)) {
      if (left === 0) return;
      if (past && grant.kind === 'allowance') continue;
      const part = Math.min(left, grant.remaining);
      this.burnGrant(grant, sourceKey, usageMeter, account, part);
      draft.move(grant.meter, account, -part);
      left -= part;
    }
    if (left === 0) return;
    // What was taken back is no use of the period: it is owed until it is paid.
    const room = account === TAKEN_BACK ? ownRoom(usageMeter, 0) : this.roomLeft(usageMeter, past);
    const own = Math.min(left, room);
    if (past) this.writeOffPast(draft, sourceKey, past, account, own);
    else this.owe(draft, sourceKey, usageMeter, usageMeter, account, own);
    this.owe(draft, sourceKey, usageMeter, lastFunding(usageMeter), account, left - own);
  }

  /**
   * Units that the meter itself may still owe; what goes beyond is owed by what pays last (C-22). What is told after its
   * period cannot be stopped any more: all of it is billed where overage has a price.
   */
  private roomLeft(usageMeter: UsageMeter, past: Period | undefined): number {
    if (past) return ownRoom(usageMeter, past.overageBilled ? Infinity : 0);
    if (!this.owesItself(usageMeter)) return 0;
    const owed = this.openBurns().filter(({ meter }) => meter === usageMeter);
    const used = owed.reduce((sum, { amount, returned }) => sum + amount - returned, 0);
    return ownRoom(usageMeter, Math.max(0, this.room(usageMeter) - used));
  }

  private writeOffPast(
    draft: Draft,
    sourceKey: string,
    { meter }: Period,
    account: string,
    units: number,
  ): void {
    if (units === 0) return;
    this.burn(sourceKey, meter, meter, account, 'written_off', null, units);
    draft.transfer(meter, 'overage', account, units);
  }

  private owe(
    draft: Draft,
    sourceKey: string,
    usageMeter: UsageMeter,
    meter: UsageMeter,
    account: string,
    units: number,
  ): void {
    if (units === 0) return;
    this.burn(sourceKey, usageMeter, meter, account, 'overdraft', null, units);
    draft.move(meter, account, -units);
  }

  /** @returns units that no lapsed allowance of the period paid for */
  private drawLapsed(
    draft: Draft,
    period: Period,
    sourceKey: string,
    account: string,
    units: number,
  ): number {
    let left = units;
    for (const grant of this.allowancesOf(period)) {
      const part = this.past.revive(grant, left);
      if (part === 0) continue;
      this.burn(sourceKey, period.meter, grant.meter, account, 'grant', grant.id, part);
      draft.transfer(grant.meter, 'expired', account, part);
      left -= part;
    }
    return left;
  }

  private giveBack(draft: Draft, source: string, usageMeter: UsageMeter, units: number): void {
    let left = units;
    const own = this.state.burns.filter(
      (burn) => burn.sourceKey === source && burn.usageMeter === usageMeter && burn.amount > burn.returned,
    );
    for (const burn of own.reverse()) {
      if (left === 0) return;
      const part = Math.min(left, burn.amount - burn.returned);
      this.returned(burn, part);
      left -= part;
      if (burn.cover === 'unlimited') draft.transfer(burn.meter, burn.account, 'unlimited', part);
      else if (burn.cover === 'written_off') draft.transfer(burn.meter, burn.account, 'overage', part);
      else draft.move(burn.meter, burn.account, part);
      if (burn.cover === 'grant') this.refill(burn, part);
    }
    if (left === 0) return;
    // Taken before it was written down what paid: given back as a grant of its own.
    const meter = lastFunding(usageMeter);
    const sourceKey = `${source}:returned:${this.tenant.postings + 1}`;
    this.addGrant({ meter, kind: 'adjustment', quantity: left, expiresAt: null, sourceKey, periodId: null });
    draft.move(meter, 'consumed', left);
  }

  private addGrant(
    added: Pick<Grant, 'meter' | 'kind' | 'quantity' | 'expiresAt' | 'sourceKey' | 'periodId'>,
  ): void {
    const { quantity, kind } = added;
    const units = { remaining: quantity, revoked: 0, priority: PRIORITY[kind] };
    const grant: Grant = { id: newId(), ...added, ...units, grantedAt: this.now };
    this.state.grants.push(grant);
    this.changed.grants.add(grant);
  }

  private topUp(meter: UsageMeter, units: number): void {
    const period = this.period(meter);
    if (period) this.changePeriod(period, { topup: Math.max(0, period.topup + units) });
  }

  private refill(burn: Burn, units: number): void {
    const grant = this.state.grants.find(({ id }) => id === burn.grantId);
    if (!grant) throw new Error(`Grant ${burn.grantId} paid for ${burn.sourceKey} and is not loaded`);
    grant.remaining += units;
    this.changed.grants.add(grant);
  }

  /** Units that are there pay for what is owed, oldest first. */
  private payOpen(draft: Draft): void {
    for (const open of this.openBurns()) {
      for (const grant of burnOrder(this.state.grants, open.usageMeter, this.now)) {
        const units = Math.min(open.amount - open.returned, grant.remaining);
        if (units === 0) break;
        this.returned(open, units);
        this.burnGrant(grant, open.sourceKey, open.usageMeter, open.account, units);
        if (grant.meter === open.meter) continue;
        draft.move(open.meter, open.account, units);
        draft.move(grant.meter, open.account, -units);
      }
    }
  }

  private openBurns(): Burn[] {
    return this.state.burns.filter(
      ({ cover, amount, returned }) => cover === 'overdraft' && amount > returned,
    );
  }

  private burnGrant(
    grant: Grant,
    sourceKey: string,
    usageMeter: UsageMeter,
    account: string,
    units: number,
  ): void {
    grant.remaining -= units;
    this.changed.grants.add(grant);
    this.burn(sourceKey, usageMeter, grant.meter, account, 'grant', grant.id, units);
  }

  private burn(
    sourceKey: string,
    usageMeter: UsageMeter,
    meter: UsageMeter,
    account: string,
    cover: Cover,
    grantId: string | null,
    amount: number,
  ): void {
    const burn: Burn = {
      id: newId(),
      sourceKey,
      usageMeter,
      meter,
      account,
      cover,
      grantId,
      amount,
      returned: 0,
    };
    this.state.burns.push(burn);
    this.changed.burns.add(burn);
  }

  private returned(burn: Burn, units: number): void {
    burn.returned += units;
    this.changed.burns.add(burn);
  }

  /** Posts once per natural key; what moved nothing is no transaction. */
  private inTransaction(facts: TransactionFacts, move: (draft: Draft) => void): void {
    const { naturalKey } = facts;
    if (this.isPosted(naturalKey)) return;
    const draft = new Draft();
    move(draft);
    const moved = draft.movements();
    if (moved.length === 0) return;
    this.state.posted.add(naturalKey);
    const number = (this.tenant.postings += 1);
    const entries = moved.map(({ meter, account, amount }): Entry => {
      const balanceAfter = account === 'wallet' ? this.moveWallet(meter, amount, number) : null;
      return { account: `${meter}:${account}`, meter, amount, balanceAfter };
    });
    this.transactions.push({
      callId: null,
      reference: null,
      actorId: null,
      ...facts,
      id: newId(),
      number,
      entries,
    });
  }

  private moveWallet(meter: Meter, amount: number, number: number): number {
    const wallet = this.wallet(meter);
    wallet.balance += amount;
    wallet.version = number;
    this.changed.wallets.add(wallet);
    return wallet.balance;
  }
}

/** Where units go whose payment went back. */
const TAKEN_BACK = 'refunded';

/** A meter that nothing else pays for owes whatever it is. */
const ownRoom = (meter: UsageMeter, room: number): number => (lastFunding(meter) === meter ? Infinity : room);

/** Where granted units come from. */

const GRANTED: Readonly<Record<GrantKind, string>> = {
  allowance: 'allowed',
  topup: 'purchased',
  bonus: 'granted',
  credits: 'purchased',
  adjustment: 'adjusted',
};

export const kindOfGrant = (kind: GrantKind): TransactionKind =>
  (
    ({
      allowance: 'allowance',
      topup: 'topup',
      bonus: 'bonus',
      credits: 'purchase',
      adjustment: 'admin_adjustment',
    }) as const
  )[kind];
