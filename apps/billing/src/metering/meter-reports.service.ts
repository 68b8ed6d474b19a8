import { Injectable, Logger, type OnModuleInit } from '@nestjs/common';
import { Jobs } from '@parley/messaging';
import { Database } from '@parley/persistence';
import { Bookkeeper } from '../books/bookkeeper';
import { Customers } from '../customers/customers.service';
import { StripeClient } from '../stripe/stripe.client';
import { meterEventName } from '../stripe/stripe-catalogue.service';
import { MeterReportRepository } from './meter-report.repository';

/** Tells Stripe each hour what was used beyond what plans include (J-29). Each use once, by its identifier. */
@Injectable()
export class MeterReports implements OnModuleInit {
  private readonly logger = new Logger(MeterReports.name);

  constructor(
    private readonly database: Database,
    private readonly jobs: Jobs,
    private readonly bookkeeper: Bookkeeper,
    private readonly reports: MeterReportRepository,
    private readonly customers: Customers,
    private readonly stripe: StripeClient,
  ) {}

  onModuleInit(): void {
    this.jobs.schedule('billing-meter-reports', '5 * * * *', () => this.run());
  }

  /** One tenant that cannot be reported keeps no other waiting; what was not sent goes with the next run. */
  async run(): Promise<void> {
    const due = await this.database.system('use to be billed', () => this.reports.dueTenants());
    for (const tenantId of due) {
      try {
        await this.report(tenantId);
      } catch (error) {
        this.logger.error({ err: error, tenantId }, 'use was not reported to Stripe');
      }
    }
  }

  /** What a tenant used so far. */
  async report(tenantId: string): Promise<void> {
    const unsent = await this.database.forTenant(tenantId, async () => {
      const meters = await this.reports.billedMeters(tenantId);
      await this.bookkeeper.change(tenantId, {}, undefined, (books) => {
        for (const period of books.openPeriods()) if (meters.includes(period.meter)) books.bill(period);
      });
      await this.reports.collect(tenantId);
      return this.reports.unsent(tenantId);
    });
    const customer = await this.customers.find(tenantId);
    if (!customer) return;
    for (const { id, meter, quantity, usedAt } of unsent) {
      await this.stripe.ask((stripe) =>
        stripe.billing.meterEvents.create(
          {
            event_name: meterEventName(meter),
            payload: { stripe_customer_id: customer, value: String(quantity) },
            identifier: id,
            timestamp: Math.floor(usedAt.getTime() / 1000),
          },
          { idempotencyKey: `meter:${id}` },
        ),
      );
      await this.database.forTenant(tenantId, () => this.reports.sent(id));
    }
  }
}
