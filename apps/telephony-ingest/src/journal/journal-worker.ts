import {
  type BeforeApplicationShutdown,
  Inject,
  Injectable,
  Logger,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import { CONFIG } from '@parley/platform';
import type { TelephonyConfig } from '../config';
import { EventApplier } from './event-applier';
import { JournalQueue, type Lease } from './journal-queue';
import { JournalWriter } from './journal-writer';
import { journalOldest, journalSettled } from './journal.metrics';

const BATCH = 64;
const POLL_MS = 1_000;
/** Tries before an entry rests as dead; waits grow 1, 4, 16, 64 s. */
export const MAX_ATTEMPTS = 5;
const REASON_LENGTH = 500;

/**
 * Applies what the journal holds: kicked after each commit of this process, polling each second as the net for
 * other processes and for what is due later. Entries of one call go one after another, different calls abreast.
 */
@Injectable()
export class JournalWorker implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly logger = new Logger(JournalWorker.name);
  private timer: NodeJS.Timeout | undefined;
  private running: Promise<void> | undefined;
  private again = false;
  private stopped = false;

  constructor(
    @Inject(JournalQueue) private readonly queue: JournalQueue,
    @Inject(EventApplier) private readonly applier: EventApplier,
    @Inject(JournalWriter) private readonly writer: JournalWriter,
    @Inject(CONFIG) private readonly config: TelephonyConfig,
  ) {}

  onApplicationBootstrap(): void {
    if (this.config.ROLE === 'edge') return;
    this.writer.onStored(() => this.kick());
    this.timer = setInterval(() => {
      this.kick();
      this.measureLag();
    }, POLL_MS);
    this.kick();
  }

  /** Finishes what is begun; the rest goes back for another worker. */
  async beforeApplicationShutdown(): Promise<void> {
    this.stopped = true;
    clearInterval(this.timer);
    await this.running;
  }

  kick(): void {
    if (this.stopped || this.config.ROLE === 'edge') return;
    if (this.running) {
      this.again = true;
      return;
    }
    this.running = this.drain().finally(() => {
      this.running = undefined;
      if (this.again) {
        this.again = false;
        this.kick();
      }
    });
  }

  private async drain(): Promise<void> {
    try {
      while (!this.stopped) {
        const leases = await this.queue.lease(BATCH);
        if (leases.length === 0) return;
        await this.workThrough(leases);
      }
    } catch (error) {
      this.logger.warn({ err: error }, 'the journal cannot be read; its entries wait');
    }
  }

  private async workThrough(leases: readonly Lease[]): Promise<void> {
    const chains = byCall(leases);
    const left = (): Lease[] => chains.splice(0).flat();
    const lane = async (): Promise<void> => {
      for (let chain = chains.shift(); chain; chain = chains.shift()) {
        for (const [index, lease] of chain.entries()) {
          if (this.stopped) {
            await this.queue.release([...chain.slice(index), ...left()]);
            return;
          }
          await this.work(lease);
        }
      }
    };
    const lanes = await Promise.allSettled(Array.from({ length: this.config.JOURNAL_CONCURRENCY }, lane));
    for (const outcome of lanes) if (outcome.status === 'rejected') throw outcome.reason;
  }

  private async work(lease: Lease): Promise<void> {
    const { provider, attempts } = lease;
    // An entry that brings its worker down every time never reaches the catch below.
    if (attempts > MAX_ATTEMPTS) return this.giveUp(lease, 'workers die of it');
    try {
      journalSettled.inc({ provider, outcome: await this.applier.apply(lease) });
    } catch (error) {
      if (attempts === MAX_ATTEMPTS) return this.giveUp(lease, reasonOf(error));
      journalSettled.inc({ provider, outcome: 'retry' });
      this.logger.warn({ err: error, entryId: lease.id, attempts }, 'journal entry will be tried again');
      await this.queue.fail(lease, reasonOf(error), 1_000 * 4 ** (attempts - 1));
    }
  }

  private async giveUp(lease: Lease, reason: string): Promise<void> {
    journalSettled.inc({ provider: lease.provider, outcome: 'dead' });
    this.logger.error({ entryId: lease.id, provider: lease.provider, reason }, 'journal entry given up');
    await this.queue.fail(lease, reason, undefined);
  }

  private measureLag(): void {
    this.queue.lag().then(
      (seconds) => journalOldest.set(seconds),
      (error: unknown) => this.logger.debug({ err: error }, 'journal lag unknown'),
    );
  }
}

function byCall(leases: readonly Lease[]): Lease[][] {
  const chains = new Map<string, Lease[]>();
  for (const lease of leases) {
    const key = lease.subject === null ? lease.id : `${lease.tenantId}:${lease.subject}`;
    const chain = chains.get(key);
    if (chain) chain.push(lease);
    else chains.set(key, [lease]);
  }
  return [...chains.values()];
}

function reasonOf(error: unknown): string {
  const text = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  return text.replaceAll('\0', '').slice(0, REASON_LENGTH);
}
