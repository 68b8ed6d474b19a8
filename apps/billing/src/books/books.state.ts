import type { Meter, TransactionKind, UsageMeter } from '@parley/contracts';

/** One row per tenant; its lock puts the tenant's changes in line. */
export interface TenantRow {
  readonly tenantId: string;
  /** Transactions posted; numbers them without gaps. */
  postings: number;
  /** When the tenant is known to exist and has had its free credits. */
  openedAt: Date | null;
  firstUsedAt: Date | null;
  /** When the tenant was told that credits are low; null once refilled. */
  lowNotifiedAt: Date | null;
  /** An administrator stopped all use. */
  pausedAt: Date | null;
  /** A payment of a plan for lines failed: they are still answered until then. */
  graceUntil: Date | null;
  entitlementsVersion: number;
  standingVersion: number;
  /** What was last told of each group. */
  standing: Partial<Record<'voice' | 'sms', ToldStanding>>;
}

export interface ToldStanding {
  readonly state: string;
  readonly available: number | null;
}

export interface Wallet {
  readonly meter: Meter;
  balance: number;
  /** Promised to what runs. */
  held: number;
  /** Number of the last transaction that moved it. */
  version: number;
}

export const GRANT_KINDS = ['allowance', 'topup', 'bonus', 'credits', 'adjustment'] as const;
export type GrantKind = (typeof GRANT_KINDS)[number];

/** Units a tenant may use, until when, and how many are left. */
export interface Grant {
  readonly id: string;
  readonly meter: UsageMeter;
  readonly kind: GrantKind;
  readonly priority: number;
  readonly quantity: number;
  remaining: number;
  revoked: number;
  expiresAt: Date | null;
  /** Names what was granted for: granted once. */
  readonly sourceKey: string;
  readonly grantedAt: Date;
  /** The period whose allowance it is. */
  readonly periodId: string | null;
}

/**
 * What paid for used units. `overdraft`: nothing yet, the wallet is below zero by them; `unlimited`: the plan does not
 * count; `written_off`: use over a closed period's allowance, billed by the meter or forgiven.
 */
export type Cover = 'grant' | 'overdraft' | 'unlimited' | 'written_off';

export interface Burn {
  readonly id: string;
  /** What used the units, such as `call:<id>`. */
  readonly sourceKey: string;
  readonly usageMeter: UsageMeter;
  /** The meter that paid. */
  readonly meter: UsageMeter;
  /** Counter-account the units went to. */
  readonly account: string;
  readonly cover: Cover;
  readonly grantId: string | null;
  readonly amount: number;
  /** Given back, or paid by something else since. */
  returned: number;
}

export const LEVELS = ['under_limit', 'notice', 'soft_limit', 'hard_limit'] as const;
export type Level = (typeof LEVELS)[number];

/** What one meter may use between two boundaries, and did. */
export interface Period {
  readonly id: string;
  readonly meter: UsageMeter;
  readonly periodStart: Date;
  periodEnd: Date;
  subscriptionId: string | null;
  /** Null: not limited. */
  included: number | null;
  /** Top-ups carried in or bought since. */
  topup: number;
  used: number;
  /** Of what went beyond: billed by the meter already, while the period runs. */
  billed: number;
  noticePct: number;
  softPct: number;
  hardPct: number;
  overage: boolean;
  /** Overage has a price: what goes into the room is billed by the meter instead of owed by what pays last. */
  overageBilled: boolean;
  /** The highest level told; once each per period (J-06). */
  told: Level;
  closedAt: Date | null;
}

export interface Hold {
  readonly id: string;
  readonly sourceKey: string;
  readonly meter: UsageMeter;
  quantity: number;
  state: 'open' | 'posted' | 'released' | 'expired';
  /** It began although nothing was left. */
  overdrawn: boolean;
  expiresAt: Date;
  /** Whose quota it counts against. */
  readonly userId: string | null;
}

/** The best that is known of what one source used of one meter. */
export interface UsageRecord {
  readonly id: string;
  /** What used it, such as `call:<id>`. */
  readonly sourceKey: string;
  readonly meter: UsageMeter;
  readonly version: number;
  readonly quantity: number;
  readonly periodId: string | null;
}

export interface UsageFacts {
  readonly sourceType: string;
  readonly sourceId: string;
  readonly rawSeconds: number | null;
  readonly providerCostCents: number | null;
  readonly userId: string | null;
  readonly occurredAt: Date;
}

export interface Entry {
  readonly account: string;
  readonly meter: Meter;
  readonly amount: number;
  /** Kept on wallets' entries only. */
  readonly balanceAfter: number | null;
}

export interface Transaction {
  readonly id: string;
  readonly number: number;
  readonly kind: TransactionKind;
  readonly naturalKey: string;
  readonly description: string;
  readonly callId: string | null;
  /** What it is about, such as `hold:…` or a provider's id. */
  readonly reference: string | null;
  readonly actorId: string | null;
  readonly occurredAt: Date;
  readonly entries: readonly Entry[];
}

/** A tenant's books, as far as one change needs to see them. */
export interface BooksState {
  readonly tenant: TenantRow;
  readonly wallets: Wallet[];
  /** With units left, and those that paid for the sources in hand. */
  readonly grants: Grant[];
  /** Of the sources in hand, and everything not paid yet; oldest first. */
  readonly burns: Burn[];
  readonly periods: Period[];
  readonly holds: Hold[];
  readonly usage: UsageRecord[];
  readonly accounts: Map<string, string>;
  /** Those of the natural keys asked for that were posted before. */
  readonly posted: Set<string>;
}
