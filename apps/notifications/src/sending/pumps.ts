import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import { Jobs } from '@parley/messaging';
import { CONFIG } from '@parley/platform';
import type { NotificationsConfig } from '../config';
import { Attempter } from './attempter';
import type { AttemptResult } from './claimed-delivery';
import { Doorbell } from './doorbell';
import { SendingService } from './sending.service';
import { wakeEndpoint } from './wake.job';

/** After this a pump makes room for other endpoints, and for a shutdown; what is left comes with its next turn. */
const TURN_MS = 5_000;

/**
 * One pump per endpoint with something due: sends up to the endpoint's cap at the same time, writes answers down
 * and claims more in one transaction, and holds one job however long the queue. So a slow endpoint is slow for
 * itself alone.
 */
@Injectable()
export class Pumps implements OnModuleInit {
  private readonly running = new Map<string, Doorbell>();

  constructor(
    private readonly jobs: Jobs,
    private readonly attempter: Attempter,
    private readonly sending: SendingService,
    @Inject(CONFIG) private readonly config: NotificationsConfig,
  ) {}

  onModuleInit(): void {
    this.jobs.handle(wakeEndpoint, ({ endpointId }) => this.run(endpointId));
  }

  /** Sends what is due. Returns at once when a pump of this process is at it; that one will look again. */
  async run(endpointId: string): Promise<void> {
    const busy = this.running.get(endpointId);
    if (busy) return busy.ring();
    const bell = new Doorbell();
    this.running.set(endpointId, bell);
    const inFlight = new Set<Promise<void>>();
    try {
      await this.pump(endpointId, bell, inFlight);
    } finally {
      await Promise.all(inFlight);
      if (this.running.get(endpointId) === bell) this.running.delete(endpointId);
    }
  }

  private async pump(endpointId: string, bell: Doorbell, inFlight: Set<Promise<void>>): Promise<void> {
    const deadline = Date.now() + TURN_MS;
    const finished: AttemptResult[] = [];
    for (;;) {
      bell.listen();
      const late = Date.now() > deadline;
      const room = late ? 0 : this.config.WEBHOOK_ENDPOINT_CONCURRENCY - inFlight.size;
      const claim = { endpointId, room, inFlight: inFlight.size };
      const claimed = await this.sending.turn(finished.splice(0), claim);
      for (const delivery of claimed) {
        const attempt = this.attempter.attempt(delivery).then((result) => {
          finished.push(result);
          inFlight.delete(attempt);
        });
        inFlight.add(attempt);
      }
      if (finished.length > 0) continue;
      if (inFlight.size === 0) {
        if (bell.rung && !late) continue;
        // In one step with the look at the bell: whoever comes from here on starts a pump of its own.
        this.running.delete(endpointId);
        return late ? this.sending.wakeAgain(endpointId) : undefined;
      }
      const hasRoom = !late && claimed.length < room;
      await Promise.race(hasRoom ? [...inFlight, bell.ringing] : inFlight);
    }
  }
}
