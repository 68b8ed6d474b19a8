import { AsyncLocalStorage } from 'node:async_hooks';
import { currentCaller, isUuid } from '@parley/contracts';
import { Logger } from '@nestjs/common';
import type { PoolClient } from 'pg';
import type { DataSource, EntityManager, QueryRunner } from 'typeorm';

/** Which rows a transaction may see: one tenant's, those of a few, or everybody's. */
type Scope =
  | { kind: 'tenant'; tenantId: string }
  | { kind: 'tenants'; tenantIds: readonly string[] }
  | { kind: 'system'; reason: string };

interface Transaction {
  readonly scope: Scope;
  readonly runner: QueryRunner;
  readonly afterCommit: (() => void)[];
}

/**
 * The only way to the database. Every query runs in a transaction of one scope, and repositories find the open
 * transaction here, so no query can run without row-level security knowing whose it is (ADR 0004).
 *
 * Work may run twice: when PostgreSQL ends it in favour of another transaction it is repeated once, from its beginning and
 * in a new transaction. What happens in a transaction must therefore happen in the database only; all else belongs behind
 * it or into `afterCommit`.
 */
export class Database {
  private readonly open = new AsyncLocalStorage<Transaction>();
  private readonly logger = new Logger(Database.name);

  constructor(
    readonly dataSource: DataSource,
    /** Role that may see every tenant; the login role may become it, but only by saying so. */
    private readonly systemRole: string,
  ) {}

  /** Runs `work` on the caller's tenant's rows. Joins an open transaction of the same tenant. */
  async tenant<T>(work: () => Promise<T>): Promise<T> {
    const { tenantId } = currentCaller();
    if (!tenantId) throw new Error('The caller has no tenant: use system() with a reason');
    return this.run({ kind: 'tenant', tenantId }, work);
  }

  /** Runs `work` on the rows of a tenant named by trusted data (a called number, an event), not by the caller. */
  async forTenant<T>(tenantId: string, work: () => Promise<T>): Promise<T> {
    return this.run({ kind: 'tenant', tenantId }, work);
  }

  /**
   * Runs `work` on the rows of several tenants in one transaction, of those tables only that admit it
   * (`admitSeveralTenants`). Every statement must name the tenant it means.
   */
  async forTenants<T>(tenantIds: readonly string[], work: () => Promise<T>): Promise<T> {
    return this.run({ kind: 'tenants', tenantIds: [...new Set(tenantIds)].sort() }, work);
  }

  /** Runs `work` across tenants. `reason` is logged: relays, schedules, sign-in, platform administration. */
  async system<T>(reason: string, work: () => Promise<T>): Promise<T> {
    return this.run({ kind: 'system', reason }, work);
  }

  /** TypeORM's manager inside the open transaction. */
  get manager(): EntityManager {
    return this.current().runner.manager;
  }

  get isOpen(): boolean {
    return this.open.getStore() !== undefined;
  }

  /** Rows of a SELECT or of a RETURNING clause. */
  async query<Row>(sql: string, parameters: readonly unknown[] = []): Promise<Row[]> {
    const result = await this.current().runner.query(sql, [...parameters], true);
    return (result.records ?? []) as Row[];
  }

  /** The number of rows an INSERT, UPDATE or DELETE touched. */
  async execute(sql: string, parameters: readonly unknown[] = []): Promise<number> {
    const result = await this.current().runner.query(sql, [...parameters], true);
    return result.affected ?? 0;
  }

  /**
   * As `query`, with a plan the connection keeps: for statements that are large and run all the time. The name stands for
   * the text: one name, one text.
   */
  async prepared<Row extends object>(
    name: string,
    text: string,
    parameters: readonly unknown[] = [],
  ): Promise<Row[]> {
    const client = (await this.current().runner.connect()) as PoolClient;
    const { rows } = await client.query<Row>({ name, text, values: [...parameters] });
    return rows;
  }

  /** Runs `action` once the open transaction has committed, outside it. Lost when the process dies: only hints. */
  afterCommit(action: () => void): void {
    this.current().afterCommit.push(action);
  }

  private current(): Transaction {
    const transaction = this.open.getStore();
    if (!transaction) throw new Error('No open transaction: wrap the work in tenant() or system()');
    return transaction;
  }

  private async run<T>(scope: Scope, work: () => Promise<T>): Promise<T> {
    const outer = this.open.getStore();
    if (outer) {
      if (!sameScope(outer.scope, scope)) throw new Error('A transaction of another scope is open');
      return work();
    }
    try {
      return await this.attempt(scope, work);
    } catch (error) {
      if (!isVictim(error)) throw error;
      this.logger.warn({ err: error }, 'transaction gave way to another one and is repeated');
      return this.attempt(scope, work);
    }
  }

  private async attempt<T>(scope: Scope, work: () => Promise<T>): Promise<T> {
    const runner = this.dataSource.createQueryRunner();
    const transaction: Transaction = { scope, runner, afterCommit: [] };
    await runner.connect();
    try {
      await this.begin(runner, scope);
      const result = await this.open.run(transaction, work);
      await runner.query('COMMIT');
      markActive(runner, false);
      await runner.release();
      this.open.exit(() => {
        for (const action of transaction.afterCommit) action();
      });
      return result;
    } catch (error) {
      await this.abandon(runner);
      throw error;
    }
  }

  /** BEGIN and the scope travel together: one round trip. */
  private async begin(runner: QueryRunner, scope: Scope): Promise<void> {
    if (scope.kind === 'system') {
      this.logger.verbose(`system scope: ${scope.reason}`);
      await runner.query(`BEGIN; SET LOCAL ROLE "${this.systemRole}"`);
    } else {
      const [setting, ids] =
        scope.kind === 'tenant' ? ['app.tenant_id', [scope.tenantId]] : ['app.tenant_ids', scope.tenantIds];
      if (ids.length === 0 || !ids.every(isUuid)) throw new Error('A tenant id must be a UUID');
      await runner.query(`BEGIN; SELECT set_config('${setting}', '${ids.join(',')}', true)`);
    }
    markActive(runner, true);
  }

  private async abandon(runner: QueryRunner): Promise<void> {
    if (runner.isReleased) return;
    try {
      await runner.query('ROLLBACK');
    } catch (error) {
      this.logger.warn({ err: error }, 'rollback failed; the connection is gone and the server rolls back');
    }
    markActive(runner, false);
    await runner.release();
  }
}

/** Deadlock and serialization failure: PostgreSQL took everything back so that another transaction could go on. */
const GAVE_WAY = ['40P01', '40001'];

const isVictim = (error: unknown): boolean =>
  error instanceof Error &&
  (GAVE_WAY.includes((error as { code?: string }).code ?? '') || isVictim(error.cause));

/** TypeORM starts transactions itself unless told that one is running. */
function markActive(runner: QueryRunner, active: boolean): void {
  (runner as { isTransactionActive: boolean }).isTransactionActive = active;
}

function sameScope(a: Scope, b: Scope): boolean {
  if (a.kind === 'tenant') return b.kind === 'tenant' && a.tenantId === b.tenantId;
  if (a.kind === 'tenants') return b.kind === 'tenants' && a.tenantIds.join() === b.tenantIds.join();
  return b.kind === 'system';
}
