import { Injectable } from '@nestjs/common';
import { type MeterUsage, PLAN_METERS, type UsageMeter, type UsageResponse } from '@parley/contracts';
import { Database } from '@parley/persistence';
import { Bookkeeper } from '../books/bookkeeper';
import type { Books } from '../books/books';
import type { Period } from '../books/books.state';
import { levelOf } from '../periods/level';
import { standingOf } from '../standing/standing';
import type { Terms } from '../subscriptions/terms';
import { TermsRepository } from '../subscriptions/terms.repository';
import { tenantOfCaller } from '../tenant-of-caller';

const STATES = ['under_limit', 'soft_limit', 'hard_limit'];

/** How much of everything a tenant used and has left (E004-03). */
@Injectable()
export class UsageReadModel {
  constructor(
    private readonly database: Database,
    private readonly bookkeeper: Bookkeeper,
    private readonly terms: TermsRepository,
  ) {}

  async status(): Promise<UsageResponse> {
    const tenantId = tenantOfCaller();
    return this.database.tenant(async () => {
      const books = await this.bookkeeper.peek(tenantId);
      const terms = await this.terms.of(tenantId, books.now);
      const meters = PLAN_METERS.map((meter) => usageOf(books, terms, meter));
      const worst = Math.max(...meters.map(({ state }) => STATES.indexOf(state)));
      return {
        standing: standingOf(books, 'voice').state,
        state: STATES[worst] ?? 'under_limit',
        credits: books.wallet('credits').balance,
        meters,
      };
    });
  }
}

function usageOf(books: Books, terms: Terms, meter: UsageMeter): MeterUsage {
  const period = books.period(meter);
  const { window, entitlement } = terms.of(meter);
  // What may still be used beyond the allowance is not something left of it.
  const free = books.left(meter);
  const left = period || entitlement.included !== null ? free : Infinity;
  return {
    meter,
    included: period ? period.included : entitlement.included,
    topup: period?.topup ?? 0,
    used: Math.max(0, period?.used ?? 0),
    remaining: left === Infinity ? null : left + (period ? 0 : (entitlement.included ?? 0)),
    held: books.wallet(meter).held,
    state: stateOf(period, books.available(meter)),
    periodStart: (period?.periodStart ?? window.start).toISOString(),
    periodEnd: (period?.periodEnd ?? window.end).toISOString(),
  };
}

/** A meter that something else still pays for, such as credits, is not at its end. */
function stateOf(period: Period | undefined, available: number): string {
  const level = period ? levelOf(period) : 'under_limit';
  if (level === 'hard_limit') return available > 0 ? 'soft_limit' : 'hard_limit';
  return level === 'soft_limit' ? 'soft_limit' : 'under_limit';
}
