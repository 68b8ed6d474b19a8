import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import { connectionChangedV1, isUuid, numberChangedV1, type WebhookProvider } from '@parley/contracts';
import type { Transport } from '@parley/messaging';
import { TRANSPORT } from '@parley/platform';
import type { Connection } from './connection';
import { DirectoryRepository, type OwnedNumber, type TenantFacts } from './directory.repository';
import { KnownGoodCache } from './known-good-cache';

const ACCOUNT = /^AC[0-9a-fA-F]{32}$/;
const E164 = /^\+[1-9]\d{6,14}$/;
const PROVIDER_ID = /^[\w-]{1,128}$/;

/**
 * Whose connections and numbers are whose, in memory: what the edge answers from, also when the database is away.
 * Changes made here are seen at once, those of other processes with their event, at the latest after 30 s.
 */
@Injectable()
export class Directory implements OnModuleInit {
  private readonly byId: KnownGoodCache<Connection>;
  private readonly byAccount: KnownGoodCache<Connection[]>;
  private readonly byTenant: KnownGoodCache<Connection>;
  private readonly numbers: KnownGoodCache<OwnedNumber>;
  private readonly numberIds: KnownGoodCache<OwnedNumber>;
  private readonly assistants: KnownGoodCache<string>;
  private readonly tenants: KnownGoodCache<TenantFacts>;

  constructor(
    @Inject(DirectoryRepository) private readonly repository: DirectoryRepository,
    @Inject(TRANSPORT) private readonly transport: Transport,
  ) {
    this.byId = new KnownGoodCache((id) => repository.connectionById(id));
    this.byAccount = new KnownGoodCache((sid) => unlessEmpty(repository.connectionsOfAccount(sid)));
    this.byTenant = new KnownGoodCache((key) => this.loadByTenant(key));
    this.numbers = new KnownGoodCache((e164) => repository.number(e164));
    this.numberIds = new KnownGoodCache((id) => repository.numberByProviderId(id));
    this.assistants = new KnownGoodCache((id) => repository.tenantOfAssistant(id));
    this.tenants = new KnownGoodCache((name) => repository.tenant(name));
  }

  async onModuleInit(): Promise<void> {
    await this.transport.observe([connectionChangedV1.type, numberChangedV1.type], () => this.expire());
  }

  async connection(id: string): Promise<Connection | undefined> {
    return isUuid(id) ? this.byId.get(id.toLowerCase()) : undefined;
  }

  async connectionsOfAccount(sid: string | undefined): Promise<Connection[]> {
    return sid && ACCOUNT.test(sid) ? ((await this.byAccount.get(sid)) ?? []) : [];
  }

  connectionOf(provider: WebhookProvider, tenantId: string | null): Promise<Connection | undefined> {
    return this.byTenant.get(`${provider}:${tenantId ?? ''}`);
  }

  async number(e164: string): Promise<OwnedNumber | undefined> {
    return E164.test(e164) ? this.numbers.get(e164) : undefined;
  }

  async numberByProviderId(id: string | undefined): Promise<OwnedNumber | undefined> {
    return id && PROVIDER_ID.test(id) ? this.numberIds.get(id) : undefined;
  }

  async tenantOfAssistant(id: string | undefined): Promise<string | undefined> {
    return id && PROVIDER_ID.test(id) ? this.assistants.get(id) : undefined;
  }

  /** @param name id or slug */
  async tenant(name: string): Promise<TenantFacts | undefined> {
    return name.length <= 64 ? this.tenants.get(name) : undefined;
  }

  /** Something changed: nothing is believed without asking the database again. */
  expire(): void {
    const caches = [this.byId, this.byAccount, this.byTenant, this.numbers, this.numberIds, this.assistants];
    for (const cache of caches) cache.expire();
  }

  /** Other processes notice a new tenant when they have forgotten that they did not know it: after 5 s. */
  expireTenants(): void {
    this.tenants.expire();
  }

  private loadByTenant(key: string): Promise<Connection | undefined> {
    const [provider, tenantId] = key.split(':', 2) as [WebhookProvider, string];
    return this.repository.connectionOf(provider, tenantId || null);
  }
}

async function unlessEmpty<T>(list: Promise<T[]>): Promise<T[] | undefined> {
  const items = await list;
  return items.length > 0 ? items : undefined;
}
