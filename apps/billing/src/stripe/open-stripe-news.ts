import { Injectable, Logger, type OnModuleInit } from '@nestjs/common';
import { opsAlertRaisedV1 } from '@parley/contracts';
import { Jobs, Outbox } from '@parley/messaging';
import { Database } from '@parley/persistence';
import { Gauge } from 'prom-client';
import { applyStripeObject, queueOf } from './stripe-jobs';
import { StripeEventRepository } from './stripe-event.repository';
import { rootOf } from './stripe-roots';

/** By then its job has been tried eight times or so. */
const OPEN_MINUTES = 15;
/** Looked at once; the rest comes in the next hour. */
const MOST = 500;

const openNews = new Gauge({
  name: 'parley_stripe_news_open',
  help: 'Events of Stripe that were told more than 15 minutes ago and not acted on, as of the last hourly look',
});

/** A job that failed too often rests, and Stripe’s resend of its event is a duplicate: nobody else would ever look. */
@Injectable()
export class OpenStripeNews implements OnModuleInit {
  private readonly logger = new Logger(OpenStripeNews.name);

  constructor(
    private readonly database: Database,
    private readonly jobs: Jobs,
    private readonly outbox: Outbox,
    private readonly events: StripeEventRepository,
  ) {}

  onModuleInit(): void {
    this.jobs.schedule('billing-stripe-news', '35 * * * *', () => this.lookAgain());
  }

  async lookAgain(): Promise<void> {
    await this.database.system('what Stripe told and nobody acted on', async () => {
      const open = await this.events.openFor(OPEN_MINUTES, MOST);
      openNews.set(open.length);
      for (const { type, objectId, customerId } of open) {
        const root = rootOf({ type, object: { id: objectId } });
        if (root)
          await this.jobs.enqueue(applyStripeObject, root, {
            key: `stripe:${root.kind}:${root.id}`,
            ...queueOf(customerId),
          });
      }
      const [oldest] = open;
      if (!oldest) return;
      const { eventId } = oldest;
      this.logger.error({ open: open.length, eventId }, 'what Stripe told was not acted on');
      await this.outbox.add(
        opsAlertRaisedV1,
        {
          kind: 'stripe_news_open',
          severity: 'critical',
          message: `${open.length} events of Stripe's were not acted on for ${OPEN_MINUTES} minutes; tried again`,
          details: { open: open.length, oldest: eventId },
          dedupeKey: `stripe_news_open:${eventId}`,
        },
        { subject: eventId },
      );
    });
  }
}
