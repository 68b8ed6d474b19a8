import { Inject, Injectable, Logger, type OnModuleInit } from '@nestjs/common';
import { type EmailRequestedV1, newId } from '@parley/contracts';
import { Jobs } from '@parley/messaging';
import { Database } from '@parley/persistence';
import { CONFIG } from '@parley/platform';
import type { NotificationsConfig } from '../config';
import { type ClaimedEmail, EmailRepository, type NewEmail } from './email.repository';
import { Mailer, type SendOutcome } from './mailer';
import { sendEmail } from './send-email.job';
import { renderEmail } from './templates';

const DAY_MS = 86_400_000;
const MINUTE_MS = 60_000;

/** Queues mails with the fact that asks for them, and sends each until it is sent, refused, or tried often enough. */
@Injectable()
export class EmailService implements OnModuleInit {
  private readonly logger = new Logger(EmailService.name);

  constructor(
    @Inject(CONFIG) private readonly config: NotificationsConfig,
    @Inject(Database) private readonly db: Database,
    @Inject(Jobs) private readonly jobs: Jobs,
    @Inject(EmailRepository) private readonly emails: EmailRepository,
    @Inject(Mailer) private readonly mailer: Mailer,
  ) {}

  onModuleInit(): void {
    this.jobs.handle(sendEmail, ({ emailId }) => this.send(emailId));
    this.jobs.schedule('emails.sweep', '* * * * *', () => this.sweep());
    this.jobs.schedule('emails.prune', '41 3 * * *', () => this.prune());
  }

  /** In the open transaction. Rendered now, so that every attempt is the same to the provider. */
  async queue(request: EmailRequestedV1, tenantId: string | undefined): Promise<void> {
    const { userId, template, locale, to } = request;
    await this.queueRendered({
      id: newId(),
      tenantId,
      userId,
      template,
      locale,
      to,
      ...renderEmail(request),
    });
  }

  /** As `queue`, for what other features here have to say. */
  async queueRendered(mail: NewEmail): Promise<void> {
    await this.emails.add(mail);
    await this.jobs.enqueue(sendEmail, { emailId: mail.id });
  }

  /** The claim lasts twice as long as the provider may take; whoever dies in between is found by the sweep. */
  async send(id: string): Promise<void> {
    const mail = await this.db.system('send a mail', () =>
      this.emails.claim(id, 2 * this.config.EMAIL_TIMEOUT_MS),
    );
    if (!mail) return;
    const outcome = await this.mailer.send(mail);
    await this.db.system('send a mail', () => this.settle(mail, outcome));
  }

  async sweep(): Promise<void> {
    await this.db.system('overdue mails', async () => {
      for (const emailId of await this.emails.overdue(MINUTE_MS)) {
        await this.jobs.enqueue(sendEmail, { emailId }, { key: `sweep:${emailId}` });
      }
    });
  }

  async prune(): Promise<void> {
    const before = new Date(Date.now() - this.config.EMAIL_LOG_DAYS * DAY_MS);
    await this.db.system('old mails', () => this.emails.prune(before));
  }

  private async settle({ id, attempts }: ClaimedEmail, outcome: SendOutcome): Promise<void> {
    if (outcome.kind === 'sent') return this.emails.markSent(id, outcome.providerId);
    const { error } = outcome;
    if (outcome.kind === 'refused' || attempts >= this.config.EMAIL_MAX_ATTEMPTS) {
      this.logger.error({ emailId: id, attempts, reason: error }, 'mail given up');
      return this.emails.markFailed(id, error);
    }
    const backoff = this.config.EMAIL_RETRY_BASE_SECONDS * 2 ** (attempts - 1);
    const runAt = await this.emails.postpone(id, error, outcome.afterSeconds ?? backoff);
    this.logger.warn({ emailId: id, attempts, reason: error }, 'mail will be tried again');
    if (runAt) await this.jobs.enqueue(sendEmail, { emailId: id }, { runAt });
  }
}
