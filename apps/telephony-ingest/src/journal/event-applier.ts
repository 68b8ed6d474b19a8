import { Inject, Injectable } from '@nestjs/common';
import { runAs, systemCaller } from '@parley/contracts';
import { Database } from '@parley/persistence';
import { type JournalledEvent, type Observation, ObservationSink } from '../observations';
import { NORMALISERS } from '../providers/normalisers';
import { JournalQueue, type Lease } from './journal-queue';
import { PlatformEvents } from './platform-events';

export type Applied = 'processed' | 'ignored' | 'held' | 'lost';

/** Turns one journal entry into state and events: all of it in one transaction of its tenant, or nothing. */
@Injectable()
export class EventApplier {
  constructor(
    @Inject(Database) private readonly database: Database,
    @Inject(JournalQueue) private readonly queue: JournalQueue,
    @Inject(ObservationSink) private readonly sink: ObservationSink,
    @Inject(PlatformEvents) private readonly platform: PlatformEvents,
  ) {}

  apply(lease: Lease): Promise<Applied> {
    const { id, provider, tenantId } = lease;
    if (tenantId === null || provider === 'stripe') return this.platform.apply(lease);
    return runAs(systemCaller(id, tenantId), () =>
      this.database.forTenant(tenantId, async () => {
        const stored = await this.queue.settle(lease);
        if (!stored) return (await this.queue.hold(lease)) ? 'held' : 'lost';
        const event: JournalledEvent = { id, provider, tenantId, ...stored };
        const observations = this.read(event);
        if (observations.length === 0) {
          await this.queue.markIgnored(lease);
          return 'ignored';
        }
        await this.sink.apply(observations, event);
        return 'processed';
      }),
    );
  }

  /** What the current parser makes of an event. */
  read(event: JournalledEvent): Observation[] {
    return NORMALISERS[event.provider](event);
  }
}
