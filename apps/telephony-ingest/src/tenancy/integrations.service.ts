import { Inject, Injectable } from '@nestjs/common';
import {
  type ConnectionChangedV1,
  connectionChangedV1,
  currentCaller,
  Forbidden,
  type Integration,
  type IntegrationList,
  newId,
  type PutIntegrationRequest,
} from '@parley/contracts';
import { ActRecorder, Outbox } from '@parley/messaging';
import { Database } from '@parley/persistence';
import { LiveConfig } from '@parley/platform';
import type { TelephonyConfig } from '../config';
import { type ConnectionRow, type ConnectionSecrets, ownerOfSecrets } from './connection';
import { Directory } from './directory';
import { type ConnectionChange, IntegrationsRepository } from './integrations.repository';
import { SecretBox } from '@parley/platform';

/** Providers go on signing with the old secret for a while after a rotation. */
const ROTATION_MS = 24 * 60 * 60_000;

interface Saved {
  readonly before: ConnectionRow | undefined;
  readonly row: ConnectionRow;
}

@Injectable()
export class IntegrationsService {
  constructor(
    @Inject(Database) private readonly database: Database,
    @Inject(IntegrationsRepository) private readonly connections: IntegrationsRepository,
    @Inject(SecretBox) private readonly box: SecretBox,
    @Inject(Outbox) private readonly outbox: Outbox,
    @Inject(ActRecorder) private readonly acts: ActRecorder,
    @Inject(Directory) private readonly directory: Directory,
    @Inject(LiveConfig) private readonly live: LiveConfig<TelephonyConfig>,
  ) {}

  /** Sets the caller's account with a provider; what is left out stays. */
  put(request: PutIntegrationRequest): Promise<Integration> {
    const { tenantId } = currentCaller();
    if (!tenantId) throw new Forbidden('Only a tenant has integrations');
    return this.database.tenant(async () => {
      const { before, row } = await this.save(tenantId, request);
      await this.acts.record({
        action: 'integration.changed',
        resourceType: 'integration',
        resourceId: row.id,
        ...(before ? { before: told(before) } : {}),
        after: {
          ...told(row),
          credentialsReplaced: request.authToken !== undefined || request.webhookSecret !== undefined,
        },
      });
      return this.toIntegration(row);
    });
  }

  /** Sets the platform's own account, used for numbers whose tenants bring none. */
  putPlatform(request: PutIntegrationRequest): Promise<void> {
    return this.database.system('the platform account of a provider', async () => {
      const before = await this.connections.lock(null, request.provider);
      if (before && this.says(before, request)) return;
      await this.save(null, request);
    });
  }

  list(): Promise<IntegrationList> {
    return this.database.tenant(async () => ({
      data: (await this.connections.all()).map((row) => this.toIntegration(row)),
    }));
  }

  private async save(tenantId: string | null, request: PutIntegrationRequest): Promise<Saved> {
    const { provider } = request;
    const before = await this.connections.lock(tenantId, provider);
    const id = before?.id ?? newId();
    const row = await this.connections.save({
      id,
      tenantId,
      provider,
      ...this.changeOf(id, before, request),
    });
    const changed: ConnectionChangedV1 = { connectionId: id, provider };
    await this.outbox.add(connectionChangedV1, changed, { subject: id, ...(tenantId ? { tenantId } : {}) });
    this.database.afterCommit(() => this.directory.expire());
    return { before, row };
  }

  private changeOf(
    id: string,
    before: ConnectionRow | undefined,
    request: PutIntegrationRequest,
  ): ConnectionChange {
    const { authToken, webhookSecret, assistantIds, hmac, accountSid, status } = request;
    const old = before ? this.secretsOf(before) : {};
    const secrets = {
      ...old,
      ...(authToken ? { authToken } : {}),
      ...(webhookSecret ? { webhookSecret } : {}),
    };
    const rotated =
      (old.authToken !== undefined && old.authToken !== secrets.authToken) ||
      (old.webhookSecret !== undefined && old.webhookSecret !== secrets.webhookSecret);
    return {
      accountSid: accountSid ?? before?.accountSid ?? null,
      status: status ?? before?.status ?? 'active',
      config: {
        ...before?.config,
        ...(assistantIds ? { assistantIds } : {}),
        ...(hmac ? { hmac } : {}),
      },
      secrets: this.box.seal(JSON.stringify(secrets), ownerOfSecrets(id)),
      previousSecrets: rotated
        ? this.box.seal(JSON.stringify(old), ownerOfSecrets(id))
        : (before?.previousSecrets ?? null),
      previousUntil: rotated ? new Date(Date.now() + ROTATION_MS) : (before?.previousUntil ?? null),
    };
  }

  private says(row: ConnectionRow, { accountSid, authToken, webhookSecret }: PutIntegrationRequest): boolean {
    const secrets = this.secretsOf(row);
    return (
      (accountSid ?? row.accountSid) === row.accountSid &&
      (authToken ?? secrets.authToken) === secrets.authToken &&
      (webhookSecret ?? secrets.webhookSecret) === secrets.webhookSecret
    );
  }

  private secretsOf(row: ConnectionRow): ConnectionSecrets {
    return JSON.parse(this.box.open(row.secrets, ownerOfSecrets(row.id))) as ConnectionSecrets;
  }

  private toIntegration(row: ConnectionRow): Integration {
    const { authToken, webhookSecret } = this.secretsOf(row);
    const rotating = row.previousUntil && row.previousUntil.getTime() > Date.now();
    return {
      id: row.id,
      provider: row.provider,
      status: row.status,
      accountSid: row.accountSid,
      assistantIds: row.config.assistantIds ?? [],
      hmac: row.config.hmac ?? null,
      authTokenLast4: authToken?.slice(-4) ?? null,
      webhookSecretLast4: webhookSecret?.slice(-4) ?? null,
      previousSecretsUntil: rotating ? (row.previousUntil?.toISOString() ?? null) : null,
      webhookUrl: `${this.live.get('PUBLIC_URL').replace(/\/+$/, '')}/v1/webhooks/${row.provider}?connection=${row.id}`,
      createdAt: row.createdAt.toISOString(),
      updatedAt: row.updatedAt.toISOString(),
    };
  }
}

/** What an account may tell of itself: never its secrets. */
const told = ({ provider, status, accountSid, config }: ConnectionRow) => ({
  provider,
  status,
  accountSid,
  config,
});
