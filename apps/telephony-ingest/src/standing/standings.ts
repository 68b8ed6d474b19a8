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

  /**
   * Whether new calls or texts are refused. Tenants whose standing is not known, or cannot be known now, are not:
   * what they use is billed all the same.
   */
  async refuses(tenantId: string | null, group: StandingGroup): Promise<boolean> {
    if (!tenantId || !isUuid(tenantId)) return false;
    const key = `${tenantId} ${group}`;
    const stored = await this.cache.get(key).catch((error: unknown) => {
      this.logger.warn({ err: error, tenantId, group }, 'standing not known, so not refused');
      return undefined;
    });
    const heard = this.news.get(key);
    const standing = heard && heard.version > (stored?.version ?? 0) ? heard : stored;
    return standing !== undefined && REFUSED.includes(standing.state);
  }

  private hear(tenantId: string, { group, state, version }: StandingChangedV1): void {
    const key = `${tenantId} ${group}`;
    const known = this.news.get(key);
    if (known && known.version >= version) return;
    this.news.delete(key);
    this.news.set(key, { state, version });
    if (this.news.size > NEWS_KEPT) this.news.delete(this.news.keys().next().value ?? '');
  }
}
