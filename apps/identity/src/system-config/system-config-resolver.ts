import { Inject, Injectable } from '@nestjs/common';
import {
  currentCaller,
  type ResolvedSystemConfig,
  type ResolveSystemConfigRequest,
  type SealedAnswer,
  systemConfigKeysOf,
  systemConfigSeal,
} from '@parley/contracts';
import { Database } from '@parley/persistence';
import { SecretExchange } from '@parley/platform';
import { Envelopes } from '../envelopes/envelopes.service';
import { ForServicesOnly } from './system-config.errors';
import { envelopeOf, SystemConfigRepository } from './system-config.repository';
import { readText } from './system-config-views';

/** Tells services the values they use, sealed under the key they share. */
@Injectable()
export class SystemConfigResolver {
  constructor(
    @Inject(Database) private readonly db: Database,
    @Inject(SystemConfigRepository) private readonly rows: SystemConfigRepository,
    @Inject(Envelopes) private readonly envelopes: Envelopes,
    @Inject(SecretExchange) private readonly exchange: SecretExchange,
  ) {}

  /** @throws ForServicesOnly when a person or a service token asks, Unavailable without CONFIG_EXCHANGE_KEY */
  async resolve(request: ResolveSystemConfigRequest): Promise<SealedAnswer> {
    const { userId, apiKeyId } = currentCaller();
    if (userId || apiKeyId) throw new ForServicesOnly();
    const keys = systemConfigKeysOf(request.service).map(({ key }) => key);
    const rows = await this.db.system('settings of a service', () => this.rows.current(keys));
    const answer: ResolvedSystemConfig = { values: {}, unreadable: [] };
    for (const row of rows) {
      if (!envelopeOf(row)) continue;
      const text = readText(this.envelopes, row);
      if (text === undefined) answer.unreadable.push(row.key);
      else answer.values[row.key] = { text, version: row.version };
    }
    return { sealed: this.exchange.seal(answer, systemConfigSeal.answer(request)) };
  }
}
