import { Inject, Injectable, Logger } from '@nestjs/common';
import {
  currentCaller,
  type ReplayJournalRangeRequest,
  type ReplayOptions,
  type ReplayRangeResult,
  type ReplayResult,
} from '@parley/contracts';
import { ActRecorder } from '@parley/messaging';
import { Database } from '@parley/persistence';
import { ADAPTERS } from '../providers/adapters';
import { JournalEntryNotFound } from './journal.errors';
import { JournalRepository, type JournalRowDetail } from './journal.repository';
import { JournalWorker } from './journal-worker';
import { OwnerFinder } from './owner-finder';
import { ReplayPreview } from './replay-preview';

const DEFAULT_RANGE = 100;
const REASON = 'an administrator replays the journal';

/** Handles journal entries again. What was processed stays as it is unless forced (BR-120). */
@Injectable()
export class ReplayService {
  private readonly logger = new Logger(ReplayService.name);

  constructor(
    @Inject(Database) private readonly database: Database,
    @Inject(ActRecorder) private readonly acts: ActRecorder,
    @Inject(JournalRepository) private readonly journal: JournalRepository,
    @Inject(OwnerFinder) private readonly owners: OwnerFinder,
    @Inject(ReplayPreview) private readonly preview: ReplayPreview,
    @Inject(JournalWorker) private readonly worker: JournalWorker,
  ) {}

  /** @throws JournalEntryNotFound */
  async replay(id: string, options: ReplayOptions): Promise<ReplayResult> {
    const row = await this.database.system(REASON, () => this.journal.find(id));
    if (!row) throw new JournalEntryNotFound();
    const platform = ADAPTERS[row.provider].platform ?? false;
    const tenantId = platform ? null : (row.tenantId ?? (await this.owners.ownerOf(row)) ?? null);
    if (!tenantId && !platform) return { id, outcome: 'no-tenant' };
    if (options.dryRun) return this.preview.of(row, tenantId);
    return { id, outcome: await this.requeue(row, tenantId, options.force ?? false) };
  }

  async replayRange(range: ReplayJournalRangeRequest): Promise<ReplayRangeResult> {
    const { status = 'dead', limit = DEFAULT_RANGE } = range;
    const ids = await this.database.system(REASON, () => this.journal.idsIn(range, status, limit));
    const results: ReplayResult[] = [];
    for (const id of ids) results.push(await this.replay(id, range));
    const count = (outcome: ReplayResult['outcome']): number =>
      results.filter((result) => result.outcome === outcome).length;
    return { matched: ids.length, queued: count('queued'), unchanged: count('unchanged'), results };
  }

  private async requeue(
    row: JournalRowDetail,
    tenantId: string | null,
    force: boolean,
  ): Promise<'queued' | 'unchanged'> {
    const by = currentCaller().userId ?? null;
    const queued = await this.database.system(REASON, async () => {
      const changed = await this.journal.requeue(row.id, { force, by, tenantId });
      if (changed)
        await this.acts.record({
          action: 'webhook.replayed',
          resourceType: 'inbound-webhook',
          resourceId: row.id,
          tenantId,
          after: { provider: row.provider, force },
        });
      return changed;
    });
    this.logger.log({ entryId: row.id, by, force, queued }, 'journal entry replayed');
    if (queued) this.worker.kick();
    return queued ? 'queued' : 'unchanged';
  }
}
