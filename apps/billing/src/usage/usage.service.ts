import { Injectable } from '@nestjs/common';
import { Bookkeeper } from '../books/bookkeeper';
import { recordUsage } from './record-usage';
import { sourceKeyOf, type UsageReport } from './usage';

/** The one door through which everything that is used comes. */
@Injectable()
export class Usage {
  constructor(private readonly bookkeeper: Bookkeeper) {}

  /**
   * Charges a source what it used, exactly once whatever is redelivered and in whatever order. What ran is billed
   * whole, though nothing is left to pay it (C-22). Joins the open transaction of the tenant.
   */
  async record(tenantId: string, report: UsageReport, causationId?: string): Promise<void> {
    const sourceKey = sourceKeyOf(report);
    const naturalKeys = [`${sourceKey}:usage`, `${sourceKey}:usage:correction:v${report.version}`];
    await this.bookkeeper.change(
      tenantId,
      { sourceKey, naturalKeys, meters: [report.meter] },
      causationId,
      (books) => recordUsage(books, report),
    );
  }
}
