import { Logger } from '@nestjs/common';
import { schemaOf } from '@parley/persistence';
import { Client, DatabaseError, type QueryConfig } from 'pg';

/** Time for the database to accept a connection; a provider waits at the other end. */
const CONNECT_TIMEOUT_MS = 700;
const QUERY_TIMEOUT_MS = 5_000;
/** Longer than that nobody waits for another's lock: a process that froze with it must not hold up every intake. */
const LOCK_TIMEOUT_MS = 300;
/** Whoever froze within a transaction lets go of its locks. */
const IDLE_TIMEOUT_MS = 2_000;
/** After a failed attempt nobody else is kept waiting for the next one. */
const RECONNECT_PAUSE_MS = 250;

/** Whether the database objects to the content of a row: data, constraint or size. Trying again is of no use. */
export function isRefusal(error: unknown): boolean {
  return error instanceof DatabaseError && /^(22|23|54)/.test(error.code ?? '');
}

/** Whether somebody else keeps what we would lock. Nothing happened, and the connection is as good as before. */
export function isBusy(error: unknown): boolean {
  return error instanceof DatabaseError && error.code === '55P03';
}

interface Line {
  readonly client: Client;
  readonly ready: Promise<unknown>;
}

/** A connection of its own for the intake: nothing else of the service can hold it up. It may see all tenants. */
export class JournalConnection {
  private readonly logger = new Logger(JournalConnection.name);
  private line: Line | undefined;
  private pausedUntil = 0;

  constructor(private readonly url: string) {}

  /** @throws an error for which `isRefusal` holds when the statement is refused, another when the database is away */
  async run<Row extends object>(statement: QueryConfig): Promise<Row[]> {
    const line = this.connected();
    try {
      await line.ready;
      return (await line.client.query<Row>(statement)).rows;
    } catch (error) {
      // Anything but a refusal leaves the connection in an unknown state.
      if (!isRefusal(error)) this.drop(line, error);
      throw error;
    }
  }

  /**
   * Statements that happen together or not at all; their rows, in order.
   * @throws as `run` does, and an error for which `isBusy` holds
   */
  async runTogether(statements: readonly QueryConfig[]): Promise<object[][]> {
    const line = this.connected();
    try {
      await line.ready;
      await line.client.query(`BEGIN; SET LOCAL lock_timeout = ${LOCK_TIMEOUT_MS}`);
      const results: object[][] = [];
      for (const statement of statements) results.push((await line.client.query<object>(statement)).rows);
      await line.client.query('COMMIT');
      return results;
    } catch (error) {
      if (isRefusal(error) || isBusy(error)) await this.rollBack(line);
      else this.drop(line, error);
      throw error;
    }
  }

  async close(): Promise<void> {
    const { line } = this;
    this.line = undefined;
    await line?.client.end();
  }

  private async rollBack(line: Line): Promise<void> {
    try {
      await line.client.query('ROLLBACK');
    } catch (error) {
      this.drop(line, error);
    }
  }

  private connected(): Line {
    if (this.line) return this.line;
    if (Date.now() < this.pausedUntil) throw new Error('the database is away');
    const { systemRole } = schemaOf('telephony-ingest');
    const client = new Client({
      connectionString: this.url,
      application_name: 'parley-telephony-intake',
      options: `-c role=${systemRole} -c idle_in_transaction_session_timeout=${IDLE_TIMEOUT_MS}`,
      connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
      query_timeout: QUERY_TIMEOUT_MS,
      keepAlive: true,
    });
    const line = { client, ready: client.connect() };
    this.line = line;
    client.on('error', (error) => this.drop(line, error));
    client.on('end', () => this.drop(line, undefined));
    return line;
  }

  private drop(line: Line, error: unknown): void {
    if (this.line !== line) return;
    this.line = undefined;
    this.pausedUntil = Date.now() + RECONNECT_PAUSE_MS;
    this.logger.warn({ err: error }, 'the intake lost its connection');
    line.client.end().catch((late: unknown) => this.logger.debug({ err: late }, 'closing a lost connection'));
  }
}
