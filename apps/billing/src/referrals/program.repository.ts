import { Injectable } from '@nestjs/common';
import { Database } from '@parley/persistence';

/** One version of the program. */
export interface Program {
  readonly version: number;
  readonly enabled: boolean;
  readonly initialBonusCents: number;
  readonly commissionBps: number;
  readonly recurringMonths: number;
  readonly holdDays: number;
  readonly minPayoutCents: number;
  readonly maxDailySignups: number;
  readonly currency: string;
  readonly updatedBy: string | null;
  readonly updatedAt: Date;
}

const COLUMNS = `version, enabled, initial_bonus_cents::float8 AS "initialBonusCents",
  commission_bps AS "commissionBps", recurring_months AS "recurringMonths", hold_days AS "holdDays",
  min_payout_cents::float8 AS "minPayoutCents", max_daily_signups AS "maxDailySignups", currency,
  updated_by AS "updatedBy", updated_at AS "updatedAt"`;

/** Readable in every scope; written by the platform. */
@Injectable()
export class ProgramRepository {
  constructor(private readonly database: Database) {}

  async current(): Promise<Program> {
    const [row] = await this.database.query<Program>(
      `SELECT ${COLUMNS} FROM referral_settings ORDER BY version DESC LIMIT 1`,
    );
    if (!row) throw new Error('The referral program has no settings');
    return row;
  }

  /** Edits stand in line until the open transaction ends. */
  async lock(): Promise<Program> {
    await this.database.execute('SELECT FROM referral_settings WHERE version = 1 FOR UPDATE');
    return this.current();
  }

  async add(next: Omit<Program, 'updatedAt'>): Promise<Program> {
    const [row] = await this.database.query<Program>(
      `INSERT INTO referral_settings (version, enabled, initial_bonus_cents, commission_bps, recurring_months,
         hold_days, min_payout_cents, max_daily_signups, currency, updated_by)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) RETURNING ${COLUMNS}`,
      [
        next.version,
        next.enabled,
        next.initialBonusCents,
        next.commissionBps,
        next.recurringMonths,
        next.holdDays,
        next.minPayoutCents,
        next.maxDailySignups,
        next.currency,
        next.updatedBy,
      ],
    );
    if (!row) throw new Error('A version of the referral program was not stored');
    return row;
  }
}
