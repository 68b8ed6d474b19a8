import { Inject, Injectable } from '@nestjs/common';
import {
  currentCaller,
  newId,
  type PutSystemConfigRequest,
  type RemoveSystemConfigRequest,
  type RollBackSystemConfigRequest,
  runAs,
  SYSTEM_CONFIG_KEYS,
  systemCaller,
  type SystemConfigEntry,
  type SystemConfigKey,
  type SystemConfigList,
  type SystemConfigTest,
  systemConfigChangedV1,
  systemConfigSeal,
  type SystemConfigVersions,
  type TestSystemConfigRequest,
} from '@parley/contracts';
import { Outbox } from '@parley/messaging';
import { Database } from '@parley/persistence';
import { SecretExchange } from '@parley/platform';
import { AuditTrail } from '../audit/audit-trail';
import { Envelopes } from '../envelopes/envelopes.service';
import { openSealed } from '../envelopes/sealed-input';
import { actingInPerson } from '../session/acting-user';
import { entryOf, lastFourOf, toText } from './catalogue';
import { ProviderTest } from './provider-test.service';
import {
  NothingToRemove,
  NothingToTestWith,
  NotTestable,
  NotTested,
  RefusedByProvider,
  SystemConfigMoved,
  UnknownSystemConfigVersion,
  UnreadableVersion,
} from './system-config.errors';
import {
  envelopeOf,
  ownerOf,
  SystemConfigRepository,
  type SystemConfigRow,
} from './system-config.repository';
import { readText, toEntry, toVersion } from './system-config-views';

const REASON = 'system configuration';

/** What a change makes of the version before it. */
type Change = Pick<SystemConfigRow, 'change' | 'restores'> & { text: string | undefined };

interface Conditions {
  expectedVersion?: number;
  reason?: string;
}

/** Settings of the platform, as versions that only ever follow each other. */
@Injectable()
export class SystemConfigService {
  constructor(
    @Inject(Database) private readonly db: Database,
    @Inject(Outbox) private readonly outbox: Outbox,
    @Inject(SystemConfigRepository) private readonly rows: SystemConfigRepository,
    @Inject(Envelopes) private readonly envelopes: Envelopes,
    @Inject(ProviderTest) private readonly providers: ProviderTest,
    @Inject(SecretExchange) private readonly exchange: SecretExchange,
    @Inject(AuditTrail) private readonly audit: AuditTrail,
  ) {}

  async list(): Promise<SystemConfigList> {
    const rows = await this.db.system(REASON, () =>
      this.rows.current(SYSTEM_CONFIG_KEYS.map(({ key }) => key)),
    );
    const byKey = new Map(rows.map((row) => [row.key, row]));
    return { data: SYSTEM_CONFIG_KEYS.map((entry) => toEntry(this.envelopes, entry, byKey.get(entry.key))) };
  }

  async get(key: string): Promise<SystemConfigEntry> {
    const row = await this.db.system(REASON, () => this.currentOf(key));
    return toEntry(this.envelopes, entryOf(key), row);
  }

  async versions(key: string): Promise<SystemConfigVersions> {
    const entry = entryOf(key);
    const rows = await this.db.system(REASON, () => this.rows.versions(key));
    return { data: rows.map((row) => toVersion(this.envelopes, entry, row)) };
  }

  /** @throws Invalid, RefusedByProvider, NotTested, NotTestable, SystemConfigMoved */
  async put(request: PutSystemConfigRequest): Promise<SystemConfigEntry> {
    actingInPerson();
    const entry = entryOf(request.key);
    const text = this.unsealed(entry, request.sealedValue);
    if (!request.skipTest) await this.demandAccepted(entry, text);
    return this.change(entry, request, async () => ({ change: 'set', restores: null, text }));
  }

  /** @throws NotTestable */
  async test({ key, sealedValue }: TestSystemConfigRequest): Promise<SystemConfigTest> {
    actingInPerson();
    const entry = entryOf(key);
    const text = sealedValue === undefined ? await this.stored(key) : this.unsealed(entry, sealedValue);
    if (text === undefined) throw new NotTestable('Nothing is stored: send the value to test');
    return this.ask(key, text);
  }

  /** What was good once may be revoked by now. @throws UnknownSystemConfigVersion, RefusedByProvider, NotTested, SystemConfigMoved */
  async rollBack(request: RollBackSystemConfigRequest): Promise<SystemConfigEntry> {
    actingInPerson();
    const entry = entryOf(request.key);
    const row = await this.db.system(REASON, () => this.rows.find(request.key, request.version));
    if (!row) throw new UnknownSystemConfigVersion(request.version);
    const text = readText(this.envelopes, row);
    if (text === undefined && envelopeOf(row)) throw new UnreadableVersion(row.version);
    if (text !== undefined && !request.skipTest) await this.demandAccepted(entry, text);
    return this.change(entry, request, async () => ({ change: 'rolled_back', restores: row.version, text }));
  }

  /** Back to the environment's value. @throws NothingToRemove, SystemConfigMoved */
  async remove(request: RemoveSystemConfigRequest): Promise<SystemConfigEntry> {
    actingInPerson();
    return this.change(entryOf(request.key), request, async (before) => {
      if (!before || !envelopeOf(before)) throw new NothingToRemove();
      return { change: 'removed', restores: null, text: undefined };
    });
  }

  private async change(
    entry: SystemConfigKey,
    { expectedVersion, reason }: Conditions,
    decide: (before: SystemConfigRow | undefined) => Promise<Change>,
  ): Promise<SystemConfigEntry> {
    const { key } = entry;
    return this.db.system(REASON, async () => {
      await this.rows.takeTurn(key);
      const before = await this.currentOf(key);
      const currentVersion = before?.version ?? 0;
      if (expectedVersion !== undefined && expectedVersion !== currentVersion) {
        throw new SystemConfigMoved(currentVersion);
      }
      const { text, ...change } = await decide(before);
      const version = currentVersion + 1;
      const envelope = text === undefined ? undefined : this.envelopes.seal(text, ownerOf({ key, version }));
      const { userId = null, requestId } = currentCaller();
      const row: SystemConfigRow = {
        id: newId(),
        key,
        version,
        ...change,
        keyId: envelope?.keyId ?? null,
        wrappedKey: envelope?.wrappedKey ?? null,
        sealed: envelope?.sealed ?? null,
        lastFour: text === undefined ? null : lastFourOf(entry, text),
        reason: reason ?? null,
        changedBy: userId,
        changedAt: new Date(),
      };
      await this.rows.add(row);
      // The platform's fact, not one of the administrator's tenant.
      await runAs(systemCaller(requestId), () =>
        this.outbox.add(systemConfigChangedV1, { key, version }, { subject: key }),
      );
      await this.audit.record({
        action: `system-config.${change.change.replace('_', '-')}`,
        resourceType: 'system-config',
        resourceId: key,
        ...(before ? { before: this.factsOf(entry, before) } : {}),
        after: this.factsOf(entry, row),
        tenantId: null,
      });
      return toEntry(this.envelopes, entry, row);
    });
  }

  private factsOf(entry: SystemConfigKey, row: SystemConfigRow): object {
    const { version, change, value, lastFour, restores, reason } = toVersion(this.envelopes, entry, row);
    return { version, change, value, lastFour, restores, reason };
  }

  private unsealed(entry: SystemConfigKey, sealedValue: string): string {
    const purpose = systemConfigSeal.value(entry.key);
    return toText(entry, openSealed(this.exchange, sealedValue, purpose, 'sealedValue'));
  }

  /** Outside any transaction: the provider may take its time. @throws RefusedByProvider, NotTested, NotTestable */
  private async demandAccepted({ key, testable }: SystemConfigKey, text: string): Promise<void> {
    if (!testable) return;
    try {
      const { ok, status, outcome } = await this.ask(key, text);
      if (ok) return;
      throw status === 401 || status === 403 ? new RefusedByProvider(outcome) : new NotTested(outcome);
    } catch (error) {
      if (!(error instanceof NothingToTestWith)) throw error;
    }
  }

  private ask(key: string, text: string): Promise<SystemConfigTest> {
    return this.providers.ask(key, text, (other) => this.stored(other));
  }

  private async stored(key: string): Promise<string | undefined> {
    const row = await this.db.system(REASON, () => this.currentOf(key));
    return row && readText(this.envelopes, row);
  }

  private async currentOf(key: string): Promise<SystemConfigRow | undefined> {
    return (await this.rows.current([key]))[0];
  }
}
