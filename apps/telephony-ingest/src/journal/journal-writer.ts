import { Inject, Injectable, Logger, type OnApplicationShutdown } from '@nestjs/common';
import { CONFIG } from '@parley/platform';
import type { TelephonyConfig } from '../config';
import { GroupCommit } from './group-commit';
import { type Admission, admissionStatements, isAbout } from './call-admission';
import { isBusy, isRefusal, JournalConnection } from './journal-connection';
import { insertStatement } from './journal-insert';
import type { NewJournalRow, Written } from './journal-row';
import { journalBatches } from './journal.metrics';

const BOUNDS = { maxBatch: 256, maxBatchBytes: 8 << 20, maxWaiting: 10_000, maxWaitingBytes: 128 << 20 };

/** Writes webhooks down; once `claim` resolves, the event is on disk. */
@Injectable()
export class JournalWriter implements OnApplicationShutdown {
  private readonly logger = new Logger(JournalWriter.name);
  private readonly connection: JournalConnection;
  private readonly commits = new GroupCommit<NewJournalRow, Written | Error>(
    (rows) => this.commit(rows),
    BOUNDS,
  );
  private readonly listeners: (() => void)[] = [];

  constructor(@Inject(CONFIG) config: Pick<TelephonyConfig, 'DATABASE_URL'>) {
    if (!config.DATABASE_URL) throw new Error('DATABASE_URL is not set');
    this.connection = new JournalConnection(config.DATABASE_URL);
  }

  /** @throws when it could not be written down; the event may then be sent again without harm */
  async claim(row: NewJournalRow): Promise<Written> {
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

  private async commit(rows: readonly NewJournalRow[]): Promise<(Written | Error)[]> {
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
  private async commitOneByOne(rows: readonly NewJournalRow[]): Promise<(Written | Error)[]> {
    const fates: (Written | Error)[] = [];
    for (const row of rows) {
      fates.push(...(await this.commit([row]).catch((error: unknown) => [error as Error])));
    }
    return fates;
  }

  private async insert(rows: readonly NewJournalRow[]): Promise<Written[]> {
    const starts = rows.filter(({ startsCall }) => startsCall);
    if (starts.length === 0) return this.insertOnly(rows);
    try {
      return await this.insertAndAdmit(rows, starts);
    } catch (error) {
      if (!isBusy(error)) throw error;
      this.logger.warn({ starts: starts.length }, 'calls may start without having been counted');
      return this.insertOnly(rows);
    }
  }

  private async insertOnly(rows: readonly NewJournalRow[]): Promise<Written[]> {
    return claimsOf(rows, await this.connection.run<{ id: string }>(insertStatement(rows)));
  }

  /** What starts is written down and let in by one commit: no place is taken by what was not kept. */
  private async insertAndAdmit(
    rows: readonly NewJournalRow[],
    starts: readonly NewJournalRow[],
  ): Promise<Written[]> {
    const [lock, admit] = admissionStatements(starts);
    const [, stored, decided] = await this.connection.runTogether([lock, insertStatement(rows), admit]);
    const admissions = decided as Admission[];
    return claimsOf(rows, stored as { id: string }[]).map((written, at) => {
      const row = rows[at];
      return row?.startsCall ? { ...written, admitted: admissions.find(isAbout(row))?.admitted } : written;
    });
  }
}

function claimsOf(rows: readonly NewJournalRow[], stored: readonly { id: string }[]): Written[] {
  if (stored.length === rows.length) return rows.map(() => ({ claim: 'stored' }));
  const ids = new Set(stored.map(({ id }) => id));
  return rows.map(({ id }) => ({ claim: ids.has(id) ? 'stored' : 'duplicate' }));
}
