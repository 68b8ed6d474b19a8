import { setTimeout as sleep } from 'node:timers/promises';
import { Inject, Injectable, Logger, type OnModuleInit } from '@nestjs/common';
import { AppError, Unavailable } from '@parley/contracts';
import { Jobs } from '@parley/messaging';
import { Database } from '@parley/persistence';
import { judge, type KeyScope, type StoredAnswer } from './idempotency';
import { KeyReused, OutcomeUnknown, StillRunning } from './idempotency.errors';
import { IdempotencyRepository } from './idempotency.repository';

/** A duplicate waits this long for the first one's answer before it is told to come back. */
const WAIT_MS = 2_000;
const LOOK_EVERY_MS = 100;
const SWEEP_ROWS = 5_000;

export interface Outcome extends StoredAnswer {
  readonly replayed: boolean;
}

/**
 * Runs an act at most once per key, short of what a crash leaves open: then a repeatable act is asked for again under
 * the same key, which its service takes as the natural key of the effect, and any other is refused as of unknown
 * outcome until the key expires. Nothing runs twice silently.
 */
@Injectable()
export class Idempotency implements OnModuleInit {
  private readonly logger = new Logger(Idempotency.name);

  constructor(
    @Inject(Database) private readonly db: Database,
    @Inject(Jobs) private readonly jobs: Jobs,
    @Inject(IdempotencyRepository) private readonly rows: IdempotencyRepository,
  ) {}

  onModuleInit(): void {
    this.jobs.schedule('gateway.idempotency-keys', '23 * * * *', () => this.sweep());
  }

  /** @throws KeyReused, StillRunning, OutcomeUnknown, Unavailable when no claim can be made */
  async once(
    scope: KeyScope,
    requestHash: Buffer,
    repeatable: boolean,
    act: () => Promise<StoredAnswer>,
  ): Promise<Outcome> {
    for (const deadline = Date.now() + WAIT_MS; ;) {
      const claimId = await this.claim(scope, requestHash, repeatable);
      if (claimId) return { ...(await this.perform(scope, claimId, act)), replayed: false };
      const earlier = await this.find(scope, requestHash);
      if (earlier) return { ...earlier, replayed: true };
      if (Date.now() >= deadline) throw new StillRunning();
      await sleep(LOOK_EVERY_MS);
    }
  }

  async sweep(): Promise<void> {
    const at = new Date();
    let gone: number;
    do {
      gone = await this.db.system('expired idempotency keys', () => this.rows.sweep(at, SWEEP_ROWS));
    } while (gone === SWEEP_ROWS);
  }

  private async claim(scope: KeyScope, hash: Buffer, repeatable: boolean): Promise<string | undefined> {
    try {
      return await this.db.forTenant(scope.tenantId, () =>
        this.rows.claim(scope, hash, repeatable, new Date()),
      );
    } catch (error) {
      throw new Unavailable('Idempotency keys cannot be kept right now', { cause: error });
    }
  }

  /** The answer of the request that came first; nothing while it runs or when its key was just freed. */
  private async find(scope: KeyScope, requestHash: Buffer): Promise<StoredAnswer | undefined> {
    return this.db.forTenant(scope.tenantId, async () => {
      const claim = await this.rows.find(scope);
      if (!claim) return undefined;
      const verdict = judge(claim, requestHash, new Date());
      if (verdict === 'reused') throw new KeyReused();
      if (verdict === 'unknown') throw new OutcomeUnknown(claim.createdAt);
      return verdict === 'replay' ? this.rows.answerOf(scope) : undefined;
    });
  }

  private async perform(
    scope: KeyScope,
    claimId: string,
    act: () => Promise<StoredAnswer>,
  ): Promise<StoredAnswer> {
    let answer: StoredAnswer;
    try {
      answer = await act();
    } catch (error) {
      const refused = error instanceof AppError && error.status < 500;
      await this.settle(scope, () =>
        refused ? this.rows.release(scope, claimId) : this.rows.leaveUnknown(scope, claimId),
      );
      throw error;
    }
    await this.settle(scope, () => this.rows.keep(scope, claimId, answer));
    return answer;
  }

  /** The act is over; who asked gets its answer also when it cannot be kept. */
  private async settle({ tenantId, route }: KeyScope, work: () => Promise<void>): Promise<void> {
    try {
      await this.db.forTenant(tenantId, work);
    } catch (error) {
      this.logger.error({ err: error, route }, 'the outcome of an idempotent request was not kept');
    }
  }
}
