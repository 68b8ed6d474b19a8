import { Inject, Injectable, Logger, type OnModuleInit } from '@nestjs/common';
import {
  AppError,
  currentCaller,
  getTenantContact,
  Json,
  newId,
  type TenantContact,
  Text,
} from '@parley/contracts';
import { type JobDefinition, Jobs, RpcClient } from '@parley/messaging';
import { Database } from '@parley/persistence';
import { EmailService } from '../email/email.service';
import { renderText } from '../email/templates';
import type { BillingNotice } from './notice';
import { noticeText } from './notice-texts';

class SendNotice {
  @Text({ max: 300 }) key: string;
  @Json() notice: Record<string, unknown>;
}

const sendNotice: JobDefinition<SendNotice> = { name: 'billing-notices.send', payload: SendNotice };

/** Mails to a tenant's owner about credits, use and trials (J-22, J-23). */
@Injectable()
export class BillingNotices implements OnModuleInit {
  private readonly logger = new Logger(BillingNotices.name);

  constructor(
    @Inject(Database) private readonly db: Database,
    @Inject(Jobs) private readonly jobs: Jobs,
    @Inject(RpcClient) private readonly rpc: RpcClient,
    @Inject(EmailService) private readonly emails: EmailService,
  ) {}

  onModuleInit(): void {
    this.jobs.handle(sendNotice, ({ key, notice }) => this.send(key, notice as unknown as BillingNotice));
  }

  /** In the transaction of the event. Who owns the tenant is asked later: nobody waits for the answer. */
  async queue(key: string, notice: BillingNotice): Promise<void> {
    await this.jobs.enqueue(sendNotice, { key, notice: { ...notice } });
  }

  /** The mail and the mark that it was queued are one transaction: a job that runs twice queues it once. */
  private async send(key: string, notice: BillingNotice): Promise<void> {
    const contact = await this.contact(key);
    if (!contact) return;
    const { userId, email: to, locale } = contact;
    const { tenantId } = currentCaller();
    const mail = renderText(noticeText(notice, contact, locale), locale);
    await this.db.tenant(async () => {
      const id = newId();
      const marked = await this.db.execute(
        `INSERT INTO billing_notices (tenant_id, notice_key, email_id) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING`,
        [tenantId, key, id],
      );
      if (marked === 0) return;
      const template = `billing_${notice.kind}`;
      await this.emails.queueRendered({ id, tenantId, userId, template, locale, to, ...mail });
    });
  }

  /** Nobody to write to ends it; a silent identity is asked again. */
  private async contact(key: string): Promise<TenantContact | undefined> {
    try {
      return await this.rpc.call(getTenantContact, {});
    } catch (error) {
      if (!(error instanceof AppError) || error.kind !== 'notFound') throw error;
      this.logger.warn({ key }, 'a notice of billing has nobody to go to');
      return undefined;
    }
  }
}
