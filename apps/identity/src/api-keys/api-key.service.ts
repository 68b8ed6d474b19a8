import { Inject, Injectable } from '@nestjs/common';
import {
  apiKeyRevokedV1,
  type CreateServiceTokenRequest,
  currentCaller,
  cursorOf,
  DEFAULT_PAGE_SIZE,
  newId,
  type Page,
  type PageRequest,
  readAfter,
  type RotateServiceTokenRequest,
  type ServiceToken,
  type ServiceTokenWithSecret,
  toPage,
} from '@parley/contracts';
import { Outbox } from '@parley/messaging';
import { Database } from '@parley/persistence';
import { AuditTrail } from '../audit/audit-trail';
import { DEFAULT_OVERLAP_HOURS, hashOf, newKey, newPrefix } from './api-key';
import {
  ExpiryPassed,
  InvalidNetworks,
  NotWhileImpersonating,
  TooManyServiceTokens,
  UnknownServiceToken,
} from './api-key.errors';
import { type ApiKey, ApiKeyRepository } from './api-key.repository';
import { isNetwork } from './network';

const MOST_PER_TENANT = 100;
const HOUR_MS = 3_600_000;

@Injectable()
export class ApiKeyService {
  constructor(
    @Inject(Database) private readonly db: Database,
    @Inject(Outbox) private readonly outbox: Outbox,
    @Inject(ApiKeyRepository) private readonly keys: ApiKeyRepository,
    @Inject(AuditTrail) private readonly audit: AuditTrail,
  ) {}

  async list({ cursor, limit = DEFAULT_PAGE_SIZE }: PageRequest): Promise<Page<ServiceToken>> {
    const after = cursor === undefined ? undefined : readAfter(cursor);
    const rows = await this.db.tenant(() => this.keys.list(after, limit + 1));
    return toPage(rows, limit, toServiceToken, ({ createdAt, id }) => cursorOf(createdAt, id));
  }

  /** @throws InvalidNetworks, ExpiryPassed, TooManyServiceTokens, NotWhileImpersonating */
  async create(request: CreateServiceTokenRequest): Promise<ServiceTokenWithSecret> {
    const { tenantId, userId } = managingCaller();
    const at = new Date();
    const networks = request.networks ?? [];
    const faulty = networks.flatMap((network, index) => (isNetwork(network) ? [] : [index]));
    if (faulty.length > 0) throw new InvalidNetworks(faulty);
    const expiresAt = request.expiresAt ? new Date(request.expiresAt) : null;
    if (expiresAt && expiresAt <= at) throw new ExpiryPassed();
    const prefix = newPrefix();
    const secret = newKey(prefix);
    return this.db.tenant(async () => {
      if ((await this.keys.lockCount(tenantId)) >= MOST_PER_TENANT)
        throw new TooManyServiceTokens(MOST_PER_TENANT);
      const key = await this.keys.add({
        id: newId(),
        tenantId,
        name: request.name,
        prefix,
        secretHash: hashOf(secret),
        scopes: [...new Set(request.scopes)],
        networks,
        limitPerMinute: request.limitPerMinute ?? null,
        expiresAt,
        createdBy: userId ?? null,
        createdAt: at,
      });
      await this.record('api-key.created', key.id, undefined, key);
      return { token: toServiceToken(key), secret };
    });
  }

  /** @throws UnknownServiceToken, NotWhileImpersonating */
  async rotate({ id, overlapHours }: RotateServiceTokenRequest): Promise<ServiceTokenWithSecret> {
    managingCaller();
    const goodUntil = new Date(Date.now() + (overlapHours ?? DEFAULT_OVERLAP_HOURS) * HOUR_MS);
    return this.db.tenant(async () => {
      const before = await this.keys.lock(id);
      if (!before) throw new UnknownServiceToken();
      const secret = newKey(before.prefix);
      const key = await this.keys.rotate(id, hashOf(secret), goodUntil);
      if (!key) throw new UnknownServiceToken();
      await this.record('api-key.rotated', id, before, key);
      return { token: toServiceToken(key), secret };
    });
  }

  /** @throws UnknownServiceToken, NotWhileImpersonating */
  async revoke(id: string): Promise<void> {
    managingCaller();
    await this.db.tenant(async () => {
      const key = await this.keys.lock(id);
      if (!key) throw new UnknownServiceToken();
      await this.keys.revoke(id, new Date());
      await this.outbox.add(apiKeyRevokedV1, { keyId: id, prefix: key.prefix }, { subject: id });
      await this.record('api-key.revoked', id, key, undefined);
    });
  }

  private record(
    action: string,
    resourceId: string,
    before: ApiKey | undefined,
    after: ApiKey | undefined,
  ): Promise<void> {
    return this.audit.record({
      action,
      resourceType: 'api-key',
      resourceId,
      ...(before ? { before: toServiceToken(before) } : {}),
      ...(after ? { after: toServiceToken(after) } : {}),
    });
  }
}

function managingCaller(): { tenantId: string; userId: string | undefined } {
  const { tenantId = '', userId, impersonatorId } = currentCaller();
  if (impersonatorId) throw new NotWhileImpersonating();
  return { tenantId, userId };
}

function toServiceToken(key: ApiKey): ServiceToken {
  const { id, name, prefix, scopes, networks, limitPerMinute, createdBy } = key;
  return {
    id,
    name,
    prefix,
    scopes,
    networks,
    limitPerMinute,
    createdBy,
    expiresAt: key.expiresAt?.toISOString() ?? null,
    lastUsedAt: key.lastUsedAt?.toISOString() ?? null,
    previousGoodUntil: key.previousGoodUntil?.toISOString() ?? null,
    createdAt: key.createdAt.toISOString(),
  };
}
