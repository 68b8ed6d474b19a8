import type { IntegrationStatus, VapiHmacPlan, WebhookProvider } from '@parley/contracts';
import type { SecretBox } from '@parley/platform';

export interface ConnectionSecrets {
  authToken?: string;
  webhookSecret?: string;
}

export interface ConnectionConfig {
  assistantIds?: string[];
  hmac?: VapiHmacPlan;
}

export interface ConnectionRow {
  id: string;
  tenantId: string | null;
  provider: WebhookProvider;
  status: IntegrationStatus;
  accountSid: string | null;
  config: ConnectionConfig;
  secrets: Buffer;
  previousSecrets: Buffer | null;
  previousUntil: Date | null;
  createdAt: Date;
  updatedAt: Date;
}

export const CONNECTION_COLUMNS = `id, tenant_id AS "tenantId", provider, status, account_sid AS "accountSid", config,
  secrets, previous_secrets AS "previousSecrets", previous_until AS "previousUntil",
  created_at AS "createdAt", updated_at AS "updatedAt"`;

/** An account with a provider, its secrets open: for memory only. */
export interface Connection {
  readonly id: string;
  /** Null: the platform's own account, shared by tenants without one. */
  readonly tenantId: string | null;
  readonly provider: WebhookProvider;
  readonly accountSid: string | null;
  readonly hmac: VapiHmacPlan | undefined;
  readonly secrets: ConnectionSecrets;
  /** Still accepted after a rotation, for a while. */
  readonly previous: { secrets: ConnectionSecrets; until: number } | undefined;
}

/** Secrets open only for the connection they were sealed for. */
export const ownerOfSecrets = (connectionId: string): string => `connection:${connectionId}`;

export function fromConnectionRow(row: ConnectionRow, box: SecretBox): Connection {
  const { id, tenantId, provider, accountSid, config, previousSecrets, previousUntil } = row;
  const previous =
    previousSecrets && previousUntil
      ? {
          secrets: JSON.parse(box.open(previousSecrets, ownerOfSecrets(id))) as ConnectionSecrets,
          until: previousUntil.getTime(),
        }
      : undefined;
  const secrets = JSON.parse(box.open(row.secrets, ownerOfSecrets(id))) as ConnectionSecrets;
  return { id, tenantId, provider, accountSid, hmac: config.hmac, secrets, previous };
}

/** What may vouch for a webhook at `now`. */
export function acceptedSecrets({ secrets, previous }: Connection, now: number): ConnectionSecrets[] {
  return previous && previous.until > now ? [secrets, previous.secrets] : [secrets];
}
