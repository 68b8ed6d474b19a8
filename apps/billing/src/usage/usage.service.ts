import { Injectable } from '@nestjs/common';
import type { EventInBatch } from '@parley/messaging';
import { Bookkeeper } from '../books/bookkeeper';
import type { Focus } from '../books/focus';
import { recordUsage } from './record-usage';
import { sourceKeyOf, type UsageReport } from './usage';

/** What one event says that was used. */
export interface ReportedUsage extends Pick<EventInBatch<unknown>, 'run'> {
  readonly tenantId: string;
  readonly report: UsageReport;
  readonly causationId: string;
}

/** The one door through which everything that is used comes. */
@Injectable()
export class Usage {
  constructor(private readonly bookkeeper: Bookkeeper) {}

  /**
   * Charges a source what it used, exactly once whatever is redelivered and in whatever order. What ran is billed
   * whole, though nothing is left to pay it (C-22). Joins the open transaction of the tenant.
   */
  async record(tenantId: string, report: UsageReport, causationId?: string): Promise<void> {
    await this.bookkeeper.change(tenantId, focusOf(report), causationId, (books) =>
      recordUsage(books, report),
    );
  }

  /** The same for what several events say, perhaps of several tenants, stored together. */
  async recordAll(reported: readonly ReportedUsage[]): Promise<void> {
    await this.bookkeeper.changeAll(
      reported.map(({ report, ...event }) => ({
        ...event,
        focus: focusOf(report),
        decide: (books) => recordUsage(books, report),
      })),
    );
  }
}

function focusOf(report: UsageReport): Focus {
  const sourceKey = sourceKeyOf(report);
  const naturalKeys = [`${sourceKey}:usage`, `${sourceKey}:usage:correction:v${report.version}`];
  return { sourceKey, naturalKeys, meters: [report.meter], usedAt: report.occurredAt };
}
