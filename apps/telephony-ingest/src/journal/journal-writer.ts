import { Inject, Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { CONFIG } from '@parley/platform';
import type { TelephonyConfig } from '../config';
import { GroupCommit } from './group-commit';
import { isRefusal, JournalConnection } from './journal-connection';
import { insertStatement } from './journal-insert';
import type { Claim, NewJournalRow } from './journal-row';
import { journalBatches } from './journal.metrics';

const BOUNDS = { maxBatch: 256, maxBatchBytes: 8 << 20, maxWaiting: 10_000, maxWaitingBytes: 128 << 20 };

/** Writes webhooks down; once `claim` resolves, the event is on disk. */
@Injectable()
export class JournalWriter implements OnApplicationShutdown {
  private readonly connection: JournalConnection;
  private readonly commits = new GroupCommit<NewJournalRow, Claim | Error>(
    (rows) => this.commit(rows),
    BOUNDS,
  );
  private readonly listeners: (() => void)[] = [];

  constructor(@Inject(CONFIG) config: Pick<TelephonyConfig, 'DATABASE_URL'>) {
    if (!config.DATABASE_URL) throw new Error('DATABASE_URL is not set');
    this.connection = new JournalConnection(config.DATABASE_URL);
  }

  /** @throws when it could not be written down; the event may then be sent again without harm */
  async claim(row: NewJournalRow): Promise<Claim> {
    const fate = await this.commits.add(row, row.body.length);
    if (fate instanceof Error) throw fate;
    return fate;
  }

  /** Called after every commit that brought something to work on. */
  onStored(listener: () => void): void {
    this.listeners.push(listener);
  }

  async onApplicationShutdown(): Promise<void> {
    await this.commits.settled();
    await this.connection.close();
  }

  private async commit(rows: readonly NewJournalRow[]): Promise<(Claim | Error)[]> {
    journalBatches.observe(rows.length);
    try {
      const fates = await this.insert(rows);
      for (const listener of this.listeners) listener();
      return fates;
    } catch (error) {
      if (rows.length === 1 || !isRefusal(error)) throw error;
      return this.commitOneByOne(rows);
    }
  }

  /** A row that the database refuses must not take its companions along. */
  private async commitOneByOne(rows: readonly NewJournalRow[]): Promise<(Claim | Error)[]> {
    const fates: (Claim | Error)[] = [];
    for (const row of rows) {
      fates.push(...(await this.commit([row]).catch((error: unknown) => [error as Error])));
    }
    return fates;
  }

  private async insert(rows: readonly NewJournalRow[]): Promise<Claim[]> {
    const stored = await this.connection.run<{ id: string }>(insertStatement(rows));
    if (stored.length === rows.length) return rows.map(() => 'stored');
    const ids = new Set(stored.map(({ id }) => id));
    return rows.map(({ id }) => (ids.has(id) ? 'stored' : 'duplicate'));
  }
}
