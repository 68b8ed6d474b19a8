import { Injectable } from '@nestjs/common';
import type { SmsReceivedV1 } from '@parley/contracts';
import { NO_COUNTS } from '../daily/daily-counts';
import { DailyRepository } from '../daily/daily.repository';
import { EVER } from '../daily/days';
import { TenantRepository } from '../tenant/tenant.repository';
import { type CallFact, changesOf, isNews } from './call-fact';
import { FactRepository } from './fact.repository';

/** Keeps facts and the figures made of them in step. Everything joins the open transaction. */
@Injectable()
export class FactService {
  constructor(
    private readonly tenants: TenantRepository,
    private readonly facts: FactRepository,
    private readonly daily: DailyRepository,
  ) {}

  /** Late and repeated news of a call changes nothing; better news replaces what was counted. */
  async recordCall(tenantId: string, fact: CallFact): Promise<void> {
    const timezone = await this.tenants.lock(tenantId);
    const known = await this.facts.findCall(tenantId, fact.callId);
    if (!isNews(fact, known?.fact)) return;
    const date = await this.facts.saveCall(tenantId, fact, timezone);
    for (const change of changesOf(known, { date, fact })) {
      await this.daily.change(tenantId, change.date, change.counts);
    }
  }

  async recordMessage(tenantId: string, message: SmsReceivedV1): Promise<void> {
    const timezone = await this.tenants.lock(tenantId);
    const date = await this.facts.addMessage(tenantId, message, timezone);
    if (date) await this.daily.change(tenantId, date, { ...NO_COUNTS, sms_in: 1 });
  }

  /** Days are the tenant's own: what was counted before its time zone was known is counted again. */
  async settle(tenantId: string, timezone: string): Promise<void> {
    const before = await this.tenants.lock(tenantId);
    if (before === timezone) return;
    await this.tenants.setTimezone(tenantId, timezone);
    await this.facts.moveTo(tenantId, timezone);
    await this.daily.recompute(tenantId, EVER);
  }
}
