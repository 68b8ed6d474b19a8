import { Inject, Injectable, Logger, type OnModuleInit } from '@nestjs/common';
import {
  isUuid,
  parseAs,
  StandingChangedV1,
  standingChangedV1,
  type StandingGroup,
  type StandingState,
} from '@parley/contracts';
import type { Transport } from '@parley/messaging';
import { TRANSPORT } from '@parley/platform';
import { KnownGoodCache } from '../tenancy/known-good-cache';
import { type Standing, StandingRepository } from './standing.repository';

/** News kept beside the cache, which may still hold what the database said before them. */
const NEWS_KEPT = 20_000;
/** Somebody is on the line, and no news of a tenant means that it may be answered. */
const PATIENCE_MS = 300;
const REFUSED: readonly StandingState[] = ['hard', 'paused'];

/** Whether tenants may use their lines: from memory, else from our own table, never by asking billing. */
@Injectable()
export class Standings implements OnModuleInit {
  private readonly logger = new Logger(Standings.name);
  private readonly cache: KnownGoodCache<Standing>;
  private readonly news = new Map<string, Standing>();
  /** Calls let in since a standing was told, by tenant. */
  private readonly blindly = new Map<string, { version: number; calls: number }>();

  constructor(
    @Inject(StandingRepository) repository: StandingRepository,
    @Inject(TRANSPORT) private readonly transport: Transport,
  ) {
    this.cache = new KnownGoodCache(
      (key) => {
        const [tenantId = '', group] = key.split(' ', 2);
        return repository.find(tenantId, group as StandingGroup);
      },
      { patienceMs: PATIENCE_MS },
    );
  }

  async onModuleInit(): Promise<void> {
    await this.transport.observe([standingChangedV1.type], ({ meta, payload }) => {
      if (meta.tenantId) this.hear(meta.tenantId, parseAs(StandingChangedV1, payload, 'message'));
    });
  }

  /** What was last told; undefined when nothing was, or it cannot be known now. */
  async find(tenantId: string | null, group: StandingGroup): Promise<Standing | undefined> {
    if (!tenantId || !isUuid(tenantId)) return undefined;
    const key = `${tenantId} ${group}`;
    const stored = await this.cache.get(key).catch((error: unknown) => {
      this.logger.warn({ err: error, tenantId, group }, 'standing not known, so not refused');
      return undefined;
    });
    const heard = this.news.get(key);
    return heard && heard.version > (stored?.version ?? 0) ? heard : stored;
  }

  /**
   * Whether a call may start that could not be counted where all edges count: by what was last told, less what this
   * process let in since. Tenants whose standing is not known are let in: what they use is billed all the same.
   */
  admitsBlindly(tenantId: string, standing: Standing | undefined): boolean {
    if (!standing || standing.state === 'grace') return true;
    if (REFUSED.includes(standing.state)) return false;
    const { version, available, perStart } = standing;
    if (available === null || perStart === null) return true;
    const before = this.blindly.get(tenantId);
    const calls = before?.version === version ? before.calls : 0;
    if ((calls + 1) * perStart > available) return false;
    this.blindly.delete(tenantId);
    this.blindly.set(tenantId, { version, calls: calls + 1 });
    if (this.blindly.size > NEWS_KEPT) this.blindly.delete(this.blindly.keys().next().value ?? '');
    return true;
  }

  private hear(tenantId: string, told: StandingChangedV1): void {
    const { group, state, version, available, perStart = null } = told;
    const key = `${tenantId} ${group}`;
    const known = this.news.get(key);
    if (known && known.version >= version) return;
    this.news.delete(key);
    this.news.set(key, { state, version, available, perStart });
    if (this.news.size > NEWS_KEPT) this.news.delete(this.news.keys().next().value ?? '');
  }
}
