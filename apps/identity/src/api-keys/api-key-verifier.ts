import { Inject, Injectable } from '@nestjs/common';
import { type ApiKeyIdentity, currentCaller } from '@parley/contracts';
import { Database } from '@parley/persistence';
import { goodUntil, prefixOf } from './api-key';
import { ForeignNetwork, InvalidApiKey } from './api-key.errors';
import { ApiKeyRepository } from './api-key.repository';
import { isWithin } from './network';

/** The last use is kept to the minute: a busy key writes no more often. */
const TOUCH_EVERY_MS = 60_000;

@Injectable()
export class ApiKeyVerifier {
  constructor(
    @Inject(Database) private readonly db: Database,
    @Inject(ApiKeyRepository) private readonly keys: ApiKeyRepository,
  ) {}

  /** @throws InvalidApiKey, ForeignNetwork */
  async verify(presented: string): Promise<ApiKeyIdentity> {
    const prefix = prefixOf(presented);
    if (!prefix) throw new InvalidApiKey();
    return this.db.system('service token sign-in', () => this.check(presented, prefix, new Date()));
  }

  private async check(presented: string, prefix: string, at: Date): Promise<ApiKeyIdentity> {
    const key = await this.keys.findByPrefix(prefix);
    const until = key && goodUntil(presented, key, at);
    if (!key || until === undefined) throw new InvalidApiKey();
    if (!isWithin(key.networks, currentCaller().ip)) throw new ForeignNetwork();
    const minuteAgo = new Date(at.getTime() - TOUCH_EVERY_MS);
    if (!key.lastUsedAt || key.lastUsedAt <= minuteAgo) await this.keys.touch(key.id, at, minuteAgo);
    return {
      keyId: key.id,
      tenantId: key.tenantId,
      scopes: key.scopes,
      limitPerMinute: key.limitPerMinute,
      locale: key.locale,
      goodUntil: until?.toISOString() ?? null,
    };
  }
}
