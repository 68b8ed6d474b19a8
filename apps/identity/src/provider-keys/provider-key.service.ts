import { Inject, Injectable } from '@nestjs/common';
import {
  KEY_PROVIDERS,
  type KeyProvider,
  OwnApiKeys,
  type OwnApiKeysShown,
  parseAs,
  type ProviderKeyList,
  providerKeySeal,
  type ProviderKeySummary,
  PutProviderKeyBody,
  type PutProviderKeyRequest,
  type ResolvedProviderKey,
  type ResolveProviderKeyRequest,
  type SealedAnswer,
} from '@parley/contracts';
import { Database } from '@parley/persistence';
import { SecretExchange } from '@parley/platform';
import { AuditTrail } from '../audit/audit-trail';
import { Envelopes } from '../envelopes/envelopes.service';
import { openSealed } from '../envelopes/sealed-input';
import { actingInPerson } from '../session/acting-user';
import { UnknownProviderKey } from './provider-key.errors';
import { ownerOfKey, ProviderKeyRepository, type ProviderKeyRow } from './provider-key.repository';

const REASON = 'own provider keys';

/** Keys that people bring of their own (BR-019): written, used, never shown. */
@Injectable()
export class ProviderKeyService {
  constructor(
    @Inject(Database) private readonly db: Database,
    @Inject(ProviderKeyRepository) private readonly rows: ProviderKeyRepository,
    @Inject(Envelopes) private readonly envelopes: Envelopes,
    @Inject(SecretExchange) private readonly exchange: SecretExchange,
    @Inject(AuditTrail) private readonly audit: AuditTrail,
  ) {}

  async list(): Promise<ProviderKeyList> {
    const { userId } = actingInPerson();
    const rows = await this.db.system(REASON, () => this.rows.list(userId));
    return { data: rows.map(toSummary) };
  }

  /** In the open transaction. */
  async shownOf(userId: string): Promise<OwnApiKeysShown> {
    const rows = await this.rows.list(userId);
    const lastFour = (provider: KeyProvider) =>
      rows.find((row) => row.provider === provider)?.lastFour ?? null;
    return { openai: lastFour('openai'), elevenlabs: lastFour('elevenlabs') };
  }

  async put({ provider, sealedKey }: PutProviderKeyRequest): Promise<ProviderKeySummary> {
    const { userId } = actingInPerson();
    const opened = openSealed(this.exchange, sealedKey, providerKeySeal.value(provider), 'sealedKey');
    const { key } = parseAs(PutProviderKeyBody, { key: opened });
    return this.db.system(REASON, async () => {
      await this.change({ [provider]: key });
      const saved = (await this.rows.list(userId)).find((row) => row.provider === provider);
      if (!saved) throw new UnknownProviderKey();
      return toSummary(saved);
    });
  }

  /** @throws UnknownProviderKey */
  async remove(provider: KeyProvider): Promise<void> {
    await this.db.system(REASON, async () => {
      if ((await this.change({ [provider]: null })) === 0) throw new UnknownProviderKey();
    });
  }

  /** @throws Invalid naming the fields of the body that was sealed */
  openAll(sealed: string): OwnApiKeys {
    const apiKeys = openSealed(this.exchange, sealed, providerKeySeal.all, 'sealedApiKeys');
    return parseAs(OwnApiKeys, apiKeys);
  }

  /**
   * Sets and removes the caller's keys in the open transaction. Call last: it writes the audit trail.
   * @returns how many changed
   */
  async change(keys: OwnApiKeys): Promise<number> {
    const { userId } = actingInPerson();
    await this.rows.takeTurn(userId);
    const before = new Map((await this.rows.list(userId)).map((row) => [row.provider, row]));
    let changed = 0;
    for (const provider of KEY_PROVIDERS) {
      const key = keys[provider];
      if (key === undefined || (key === null && !before.has(provider))) continue;
      await this.changeOne(userId, provider, key, before.get(provider));
      changed += 1;
    }
    return changed;
  }

  /** Of the caller's own, and not for whoever acts as them. */
  async resolve(request: ResolveProviderKeyRequest): Promise<SealedAnswer> {
    const { userId } = actingInPerson();
    const { provider } = request;
    const rows = await this.db.system(REASON, () => this.rows.list(userId));
    const row = rows.find((each) => each.provider === provider);
    const key = row ? this.envelopes.open(row, ownerOfKey(userId, provider)) : null;
    const answer: ResolvedProviderKey = { key };
    return { sealed: this.exchange.seal(answer, providerKeySeal.answer(userId, request)) };
  }

  private async changeOne(
    userId: string,
    provider: KeyProvider,
    key: string | null,
    before: ProviderKeyRow | undefined,
  ): Promise<void> {
    const lastFour = key === null ? undefined : key.slice(-4);
    if (key === null) await this.rows.remove(userId, provider);
    else {
      const envelope = this.envelopes.seal(key, ownerOfKey(userId, provider));
      await this.rows.save({ userId, provider, lastFour: key.slice(-4), ...envelope }, new Date());
    }
    await this.audit.record({
      action: key === null ? 'provider-key.removed' : 'provider-key.set',
      resourceType: 'provider-key',
      resourceId: provider,
      ...(before ? { before: { lastFour: before.lastFour } } : {}),
      ...(lastFour ? { after: { lastFour } } : {}),
    });
  }
}

const toSummary = ({ provider, lastFour, createdAt, updatedAt }: ProviderKeyRow): ProviderKeySummary => ({
  provider,
  lastFour,
  createdAt: createdAt.toISOString(),
  updatedAt: updatedAt.toISOString(),
});
