/** Writes a batch in one commit and tells the fate of each item, in order. */
export type CommitBatch<Item, Fate> = (items: readonly Item[]) => Promise<Fate[]>;

export interface GroupCommitOptions {
  maxBatch: number;
  /** Bytes of one batch, so that a few huge bodies do not make one huge statement. */
  maxBatchBytes: number;
  /** Items that may wait; more are refused at once. */
  maxWaiting: number;
  maxWaitingBytes: number;
}

export class CommitQueueFull extends Error {
  constructor() {
    super('Too many are waiting for their commit');
  }
}

interface Waiting<Item, Fate> {
  item: Item;
  bytes: number;
  resolve: (fate: Fate) => void;
  reject: (error: unknown) => void;
}

/**
 * Requests that arrive while a commit is on its way share the next one: the more wait, the cheaper each becomes,
 * and a lone request never waits for company.
 */
export class GroupCommit<Item, Fate> {
  private queue: Waiting<Item, Fate>[] = [];
  private queuedBytes = 0;
  private flying: Promise<void> | undefined;

  constructor(
    private readonly commit: CommitBatch<Item, Fate>,
    private readonly options: GroupCommitOptions,
  ) {}

  /** @throws CommitQueueFull, or whatever the commit threw */
  add(item: Item, bytes: number): Promise<Fate> {
    const { maxWaiting, maxWaitingBytes } = this.options;
    if (this.queue.length >= maxWaiting || this.queuedBytes + bytes > maxWaitingBytes) {
      return Promise.reject(new CommitQueueFull());
    }
    return new Promise((resolve, reject) => {
      this.queue.push({ item, bytes, resolve, reject });
      this.queuedBytes += bytes;
      this.flying ??= this.fly();
    });
  }

  /** Resolves when everything that was added has met its fate. */
  async settled(): Promise<void> {
    await this.flying;
  }

  private async fly(): Promise<void> {
    // What arrives in the same turn of the event loop travels together.
    await new Promise((resolve) => setImmediate(resolve));
    while (this.queue.length > 0) {
      const batch = this.take();
      try {
        const fates = await this.commit(batch.map(({ item }) => item));
        for (const [index, { resolve }] of batch.entries()) resolve(fates[index] as Fate);
      } catch (error) {
        for (const { reject } of batch) reject(error);
      }
    }
    this.flying = undefined;
  }

  private take(): Waiting<Item, Fate>[] {
    const { maxBatch, maxBatchBytes } = this.options;
    let bytes = 0;
    let size = 0;
    for (const waiting of this.queue) {
      if (size === maxBatch || (size > 0 && bytes + waiting.bytes > maxBatchBytes)) break;
      bytes += waiting.bytes;
      size += 1;
    }
    this.queuedBytes -= bytes;
    const batch = this.queue.slice(0, size);
    this.queue = this.queue.slice(size);
    return batch;
  }
}
