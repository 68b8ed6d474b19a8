import { Inject, Injectable, Logger } from '@nestjs/common';
import type { AuditVerification, BrokenAuditLink } from '@parley/contracts';
import { Database } from '@parley/persistence';
import { CHAIN_START, type ChainLink, linkHash, personalFieldsHold, PLATFORM_CHAIN } from './audit-chain';
import { AuditRepository, type StoredAuditRow } from './audit.repository';

/** Rows read at once; chains may be longer than memory. */
const STRETCH = 1000;
const REASON = 'audit verification';

type Broken = Pick<BrokenAuditLink, 'seq' | 'fault'>;

@Injectable()
export class AuditVerifier {
  private readonly logger = new Logger(AuditVerifier.name);

  constructor(
    @Inject(Database) private readonly db: Database,
    @Inject(AuditRepository) private readonly rows: AuditRepository,
  ) {}

  async verify(tenantId?: string): Promise<AuditVerification> {
    const chains = tenantId ? [tenantId] : await this.chains();
    let rows = 0;
    let firstBroken: BrokenAuditLink | null = null;
    for (const chain of chains) {
      const { held, broken } = await this.follow(chain);
      rows += held;
      if (!broken || firstBroken) continue;
      firstBroken = { tenantId: chain === PLATFORM_CHAIN ? null : chain, ...broken };
      this.logger.error(firstBroken, 'audit chain is broken');
    }
    return { intact: !firstBroken, chains: chains.length, rows, firstBroken };
  }

  private chains(): Promise<string[]> {
    return this.db.system(REASON, () => this.rows.chains());
  }

  /** Of one moment: a chain that is being written looks torn when its end and its rows are read at two. */
  private follow(chain: string): Promise<{ held: number; broken?: Broken }> {
    return this.db.system(REASON, async () => {
      await this.db.execute('SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY');
      const end = await this.rows.findEnd(chain);
      let link = CHAIN_START;
      for (;;) {
        const stretch = await this.rows.stretch(chain, link.seq, STRETCH);
        for (const row of stretch) {
          const broken = faultOf(link, row, chain, end);
          if (broken) return { held: link.seq, broken };
          link = { seq: row.seq, hash: row.hash };
        }
        if (stretch.length < STRETCH) return close(link, end);
      }
    });
  }
}

function faultOf(link: ChainLink, row: StoredAuditRow, chain: string, end: ChainLink): Broken | undefined {
  const seq = link.seq + 1;
  if (row.seq > end.seq) return { seq: row.seq, fault: 'changed' };
  if (row.seq !== seq) return { seq, fault: 'missing' };
  const { hash, ...facts } = row;
  const moved = (row.tenantId ?? PLATFORM_CHAIN) !== chain;
  const sound = linkHash(link.hash, facts).equals(hash) && personalFieldsHold(facts);
  return moved || !sound ? { seq, fault: 'changed' } : undefined;
}

function close(link: ChainLink, end: ChainLink): { held: number; broken?: Broken } {
  if (link.seq < end.seq) return { held: link.seq, broken: { seq: link.seq + 1, fault: 'missing' } };
  if (!link.hash.equals(end.hash)) return { held: link.seq, broken: { seq: link.seq, fault: 'changed' } };
  return { held: link.seq };
}
