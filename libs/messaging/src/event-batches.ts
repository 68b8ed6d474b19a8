import { AsyncLocalStorage, AsyncResource } from 'node:async_hooks';
import { Logger } from '@nestjs/common';
import { HandledBefore } from './delivery';

/** Events of one transaction at most: what is undone when one of them fails. */
const MAX_BATCH = 32;
/** Batches on their way at once: while one waits for its commit, the next is decided. */
const MAX_FLIGHTS = 2;

/** A batch belongs to none of its events' contexts. */
const outside = AsyncLocalStorage.snapshot();

interface Waiting<Item> {
  readonly item: Item;
  readonly alone: () => Promise<void>;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Events that arrive while others are being stored share the next transaction; a lone one never waits for company.
 * Only luck is shared: when a batch fails for whatever reason, it has left nothing, and each of its events is handled
 * alone, so that none suffers for another.
 */
export class EventBatches<Item> {
  private readonly logger = new Logger(EventBatches.name);
  private waiting: Waiting<Item>[] = [];
  private flights = 0;
  private carrying = 0;

  constructor(
    private readonly name: string,
    private readonly together: (items: readonly Item[]) => Promise<void>,
  ) {}

  /** Settles as the item's own handling did. */
  add(item: Item, alone: () => Promise<void>): Promise<void> {
    return new Promise((resolve, reject) => {
      this.waiting.push({ item, alone: AsyncResource.bind(alone), resolve, reject });
      if (this.flights < MAX_FLIGHTS) outside(() => void this.fly());
    });
  }

  private async fly(): Promise<void> {
    this.flights += 1;
    // What arrives in the same turn of the event loop travels together.
    await new Promise((resolve) => setImmediate(resolve));
    while (this.waiting.length > 0) {
      this.carrying += 1;
      await this.send(this.take());
      this.carrying -= 1;
    }
    this.flights -= 1;
  }

  /** A share for each that could carry some, so that no two take turns where both could be on their way. */
  private take(): Waiting<Item>[] {
    const share = Math.ceil(this.waiting.length / (MAX_FLIGHTS - this.carrying + 1));
    return this.waiting.splice(0, Math.min(MAX_BATCH, share));
  }

  private async send(batch: readonly Waiting<Item>[]): Promise<void> {
    if (batch.length > 1 && (await this.succeeds(batch))) {
      for (const { resolve } of batch) resolve();
      return;
    }
    await Promise.all(batch.map(({ alone, resolve, reject }) => alone().then(resolve, reject)));
  }

  private async succeeds(batch: readonly Waiting<Item>[]): Promise<boolean> {
    try {
      await this.together(batch.map(({ item }) => item));
      return true;
    } catch (error) {
      if (!(error instanceof HandledBefore)) {
        this.logger.warn(
          { err: error, handler: this.name, events: batch.length },
          'a batch failed; one by one',
        );
      }
      return false;
    }
  }
}
