import { Inject, Injectable } from '@nestjs/common';
import { isUuid, type WebhookProvider } from '@parley/contracts';
import type { Evidence } from '../edge/webhook';
import type { Connection } from './connection';
import { Directory } from './directory';
import type { OwnedNumber, TenantFacts } from './directory.repository';

/** Signatures tried per request: accounts may be claimed by several tenants, but not by a crowd. */
const MAX_CANDIDATES = 6;

/** What the sender says about whom it means, beside the event itself. */
export interface Claims {
  readonly connectionId: string | undefined;
  /** `X-Tenant-ID`, slug or id. Selects a secret to verify with; decides nothing. */
  readonly tenantName: string | undefined;
}

export interface Candidates {
  /** Whose secrets may vouch for the event, likeliest first. */
  readonly connections: readonly Connection[];
  /** The number the event is about, if it is one of ours. */
  readonly number: OwnedNumber | undefined;
  /** Whom the number or the assistant belongs to. */
  readonly ownerId: string | undefined;
  readonly claimedTenantId: string | undefined;
}

export interface Resolved {
  readonly tenantId: string | null;
  readonly tenant: TenantFacts | undefined;
  readonly number: OwnedNumber | undefined;
}

@Injectable()
export class TenantResolver {
  constructor(@Inject(Directory) private readonly directory: Directory) {}

  async candidates(provider: WebhookProvider, evidence: Evidence, claims: Claims): Promise<Candidates> {
    const number = await this.numberIn(evidence);
    const ownerId = number?.tenantId ?? (await this.directory.tenantOfAssistant(evidence.assistantId));
    const claimed = claims.tenantName
      ? await this.directory.tenant(claims.tenantName.toLowerCase())
      : undefined;
    const claimedTenantId = claimed?.id ?? idIn(claims.tenantName);
    const connections = await this.connectionsFor(provider, evidence, claims, ownerId, claimedTenantId);
    const plausible = connections.filter(
      (connection) =>
        connection.provider === provider &&
        (!connection.accountSid || !evidence.accountSid || connection.accountSid === evidence.accountSid) &&
        (!claims.tenantName || connection.tenantId === null || connection.tenantId === claimedTenantId),
    );
    return { connections: unique(plausible).slice(0, MAX_CANDIDATES), number, ownerId, claimedTenantId };
  }

  /** Whose the event is, now that `connection` has vouched for it. */
  async resolve(connection: Connection, { number, ownerId }: Candidates): Promise<Resolved> {
    const tenantId = connection.tenantId ?? ownerId ?? null;
    const tenant = tenantId ? ((await this.directory.tenant(tenantId)) ?? stranger(tenantId)) : undefined;
    return { tenantId, tenant, number: number?.tenantId === tenantId ? number : undefined };
  }

  private async connectionsFor(
    provider: WebhookProvider,
    { accountSid }: Evidence,
    { connectionId }: Claims,
    ownerId: string | undefined,
    claimedTenantId: string | undefined,
  ): Promise<Connection[]> {
    if (connectionId !== undefined) {
      const named = await this.directory.connection(connectionId);
      return named ? [named] : [];
    }
    const ofAccount = await this.directory.connectionsOfAccount(accountSid);
    const others = [ownerId, claimedTenantId, null].filter((tenantId) => tenantId !== undefined);
    const ofTenants = await Promise.all(
      others.map((tenantId) => this.directory.connectionOf(provider, tenantId)),
    );
    return [...ofAccount, ...ofTenants.filter((connection) => connection !== undefined)];
  }

  private async numberIn({ numbers, providerNumberId }: Evidence): Promise<OwnedNumber | undefined> {
    for (const e164 of numbers) {
      const number = await this.directory.number(e164);
      if (number) return number;
    }
    return this.directory.numberByProviderId(providerNumberId);
  }
}

function unique(connections: readonly Connection[]): Connection[] {
  return [...new Map(connections.map((connection) => [connection.id, connection])).values()];
}

function idIn(tenantName: string | undefined): string | undefined {
  return tenantName && isUuid(tenantName) ? tenantName.toLowerCase() : undefined;
}

/** A tenant identity has not told us about yet: its line must be answered all the same. */
function stranger(id: string): TenantFacts {
  return {
    id,
    slug: '',
    name: '',
    timezone: 'America/Toronto',
    locale: 'en',
    country: 'CA',
    suspended: false,
  };
}
