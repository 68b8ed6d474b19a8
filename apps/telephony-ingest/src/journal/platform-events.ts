import { Inject, Injectable } from '@nestjs/common';
import { runAs, stripeReceivedV1, systemCaller } from '@parley/contracts';
import { Outbox } from '@parley/messaging';
import { Database } from '@parley/persistence';
import { readStripeEvent, toStripeReceived } from '../providers/stripe/stripe-event';
import { JournalQueue, type Lease } from './journal-queue';

/** Hands on what providers say about the platform's own account; whose business it is, its consumer knows. */
@Injectable()
export class PlatformEvents {
  constructor(
    @Inject(Database) private readonly database: Database,
    @Inject(JournalQueue) private readonly queue: JournalQueue,
    @Inject(Outbox) private readonly outbox: Outbox,
  ) {}

  apply(lease: Lease): Promise<'processed' | 'lost'> {
    return runAs(systemCaller(lease.id), () =>
      this.database.system('event of the platform account', async () => {
        const stored = await this.queue.settle(lease);
        if (!stored) return 'lost';
        const event = readStripeEvent(stored.body);
        const subject = event.objectId ?? event.id;
        await this.outbox.add(stripeReceivedV1, toStripeReceived(event), { subject, causationId: lease.id });
        return 'processed';
      }),
    );
  }
}
