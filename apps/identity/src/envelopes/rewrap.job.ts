import { Inject, Injectable, Logger, type OnApplicationBootstrap, type OnModuleInit } from '@nestjs/common';
import { newId, Nothing, runAs, systemCaller } from '@parley/contracts';
import { type JobDefinition, Jobs } from '@parley/messaging';
import { Database } from '@parley/persistence';
import { SigningKeys } from '../keys/signing-keys.service';
import { EnvelopeRepository } from './envelope.repository';
import { Envelopes } from './envelopes.service';

const REASON = 'master keys';
const BATCH = 200;

const rewrapEnvelopes: JobDefinition<Nothing> = { name: 'identity.rewrap-envelopes', payload: Nothing };

/**
 * Moves everything that is sealed under a former master key to the current one. To rotate: put the new key into
 * ENCRYPTION_KEY and the old one into ENCRYPTION_KEYS_OLD, start, wait for the log to say that nothing is left, drop
 * the old one. Refuses to start when stored values need a master key that was not given.
 */
@Injectable()
export class MasterKeyRotation implements OnModuleInit, OnApplicationBootstrap {
  private readonly logger = new Logger(MasterKeyRotation.name);

  constructor(
    @Inject(Jobs) private readonly jobs: Jobs,
    @Inject(Database) private readonly db: Database,
    @Inject(EnvelopeRepository) private readonly rows: EnvelopeRepository,
    @Inject(Envelopes) private readonly envelopes: Envelopes,
    @Inject(SigningKeys) private readonly signingKeys: SigningKeys,
  ) {}

  onModuleInit(): void {
    const pass = async (): Promise<void> => {
      await this.rewrapAll();
    };
    this.jobs.handle(rewrapEnvelopes, pass);
    // Also what a replica still running with the former key sealed after the first pass.
    this.jobs.schedule('identity.rewrap-envelopes-hourly', '37 * * * *', pass);
  }

  async onApplicationBootstrap(): Promise<void> {
    await runAs(systemCaller(newId()), () => this.checkMasters());
  }

  /** @throws Error naming the master keys that are missing */
  private async checkMasters(): Promise<void> {
    await this.db.system(REASON, async () => {
      const masters = await this.rows.masters();
      const unknown = masters.filter(({ keyId }) => !this.envelopes.knows(keyId));
      if (unknown.length > 0) throw new Error(explain(unknown));
      if (this.envelopes.isRotating)
        await this.jobs.enqueue(rewrapEnvelopes, {}, { key: `rewrap:${this.envelopes.current.id}` });
    });
  }

  /** In small transactions: whoever dies in between goes on where it stopped. */
  async rewrapAll(): Promise<number> {
    let moved = await this.signingKeys.reseal();
    for (;;) {
      const batch = await this.db.system(REASON, () => this.rewrapSome());
      moved += batch;
      if (batch === 0) break;
    }
    if (moved > 0)
      this.logger.log({ moved, keyId: this.envelopes.current.id }, 'values moved to the master key');
    return moved;
  }

  private async rewrapSome(): Promise<number> {
    const rows = await this.rows.lockForeign(this.envelopes.current.id, BATCH);
    let moved = 0;
    for (const row of rows) {
      try {
        await this.rows.saveWrapped({ ...row, ...this.envelopes.rewrap(row, row.owner) });
        moved += 1;
      } catch (error) {
        this.logger.error(
          { err: error, table: row.table, id: row.id },
          'a value cannot be moved: it was changed',
        );
      }
    }
    return moved;
  }
}

const explain = (unknown: readonly { keyId: string; values: number }[]): string => {
  const which = unknown.map(({ keyId, values }) => `${values} values need master key ${keyId}`).join(', ');
  return `identity cannot start: ENCRYPTION_KEY is not the one it was: ${which}. Set it back, or name the former key in ENCRYPTION_KEYS_OLD`;
};
