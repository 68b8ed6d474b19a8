import { Inject, Injectable, Logger, type OnModuleInit } from '@nestjs/common';
import { newId, type OpsAlertRaisedV1, Uuid } from '@parley/contracts';
import { type JobDefinition, Jobs } from '@parley/messaging';
import { Database } from '@parley/persistence';
import { CONFIG } from '@parley/platform';
import type { NotificationsConfig } from '../config';
import { EmailService } from '../email/email.service';
import { renderText } from '../email/templates';
import { MAX_ATTEMPTS } from './ops-alert';
import { OpsAlertRepository } from './ops-alert.repository';
import { SlackSender } from './slack.sender';

class TellSlack {
  @Uuid() alertId: string;
}

const tellSlack: JobDefinition<TellSlack> = { name: 'ops-alerts.slack', payload: TellSlack };

/** Tells whoever runs the platform what needs them: one alert per key, by Slack, mail or both. */
@Injectable()
export class OpsAlerts implements OnModuleInit {
  private readonly logger = new Logger(OpsAlerts.name);

  constructor(
    @Inject(CONFIG) private readonly config: NotificationsConfig,
    @Inject(Database) private readonly db: Database,
    @Inject(Jobs) private readonly jobs: Jobs,
    @Inject(OpsAlertRepository) private readonly alerts: OpsAlertRepository,
    @Inject(EmailService) private readonly emails: EmailService,
    @Inject(SlackSender) private readonly slack: SlackSender,
  ) {}

  onModuleInit(): void {
    this.jobs.handle(tellSlack, ({ alertId }) => this.tell(alertId));
  }

  /** In the open transaction; mails have their own retries. */
  async raise(alert: OpsAlertRaisedV1): Promise<void> {
    const { OPS_EMAIL: to } = this.config;
    const id = await this.alerts.add(alert, this.slack.isReady);
    if (!id) return;
    if (this.slack.isReady) await this.jobs.enqueue(tellSlack, { alertId: id });
    if (to) await this.queueMail(alert, to);
    const { kind, severity, tenantId, dedupeKey } = alert;
    const facts = { alertId: id, kind, severity, tenantId, dedupeKey };
    if (!to && !this.slack.isReady) this.logger.error(facts, 'ops alert, and nobody to tell: set OPS_EMAIL');
    else this.logger.warn(facts, 'ops alert');
  }

  private async tell(id: string): Promise<void> {
    const alert = await this.db.system('tell an ops alert', () => this.alerts.claim(id));
    if (!alert) {
      await this.db.system('tell an ops alert', () => this.alerts.giveUp(id));
      return;
    }
    const error = await this.slack.send(alert);
    const last = alert.attempts >= MAX_ATTEMPTS;
    const status = error === undefined ? 'sent' : last ? 'failed' : 'queued';
    await this.db.system('tell an ops alert', async () => {
      await this.alerts.settle(id, status, error);
      const wait = this.config.OPS_RETRY_BASE_SECONDS * 1_000 * 2 ** (alert.attempts - 1);
      if (status === 'queued')
        await this.jobs.enqueue(tellSlack, { alertId: id }, { runAt: new Date(Date.now() + wait) });
    });
    const facts = { alertId: id, attempt: alert.attempts, reason: error };
    if (status === 'failed') this.logger.error(facts, 'ops alert could not be told');
    if (status === 'queued') this.logger.warn(facts, 'ops alert will be tried again');
  }

  private async queueMail(
    { kind, severity, message, tenantId, details }: OpsAlertRaisedV1,
    to: string,
  ): Promise<void> {
    const facts = Object.entries({ ...(tenantId ? { tenantId } : {}), ...details });
    const mail = renderText(
      {
        subject: `[${severity}] ${kind}: ${message}`.slice(0, 200),
        greeting: message,
        paragraphs: facts.map(([name, value]) => `${name}: ${JSON.stringify(value)}`),
        notes: [],
      },
      'en',
    );
    const template = 'ops_alert';
    await this.emails.queueRendered({
      id: newId(),
      tenantId,
      userId: null,
      template,
      locale: 'en',
      to,
      ...mail,
    });
  }
}
