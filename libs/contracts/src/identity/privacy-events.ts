import { defineEvent, type EventDefinition } from '../event';
import { Instant, Int, Json, ListOf, Nested, OneOf, Phone, Text, Texts, Uuid } from '../fields';

export const PRIVACY_KINDS = ['export', 'erasure'] as const;
export type PrivacyKind = (typeof PRIVACY_KINDS)[number];

export const PRIVACY_SCOPES = ['me', 'tenant', 'customer'] as const;
/** A person's own data, all of a tenant's, or what a tenant holds about one of its customers. */
export type PrivacyScope = (typeof PRIVACY_SCOPES)[number];

export const PRIVACY_STATUSES = [
  'received',
  'running',
  'completed',
  'failed',
  'refused',
  'cancelled',
] as const;
export type PrivacyStatus = (typeof PRIVACY_STATUSES)[number];

/** Services that hold personal data: each answers a request with a receipt. */
export const PRIVACY_SERVICES = [
  'identity',
  'telephony-ingest',
  'ai-agents',
  'billing',
  'analytics',
  'notifications',
  'gateway',
] as const;
export type PrivacyService = (typeof PRIVACY_SERVICES)[number];

export class FilePart {
  @Text({ max: 512, description: 'Key in the file store' }) key: string;
  @Text({ max: 128 }) table: string;
  @Int({ min: 0 }) rows: number;
  @Int({ min: 0 }) bytes: number;
  @Text({ min: 64, max: 64 }) sha256: string;
}

/** Lists what a service wrote: a file with one `FilePart` per line, as JSON. */
export class FileManifest {
  @Text({ max: 512, description: 'Key in the file store' }) key: string;
  @Int({ min: 1, description: 'How many files it lists' }) parts: number;
  @Int({ min: 0 }) bytes: number;
  @Text({ min: 64, max: 64 }) sha256: string;
}

export class PrivacyReceiptV1 {
  @Uuid() requestId: string;
  @OneOf(PRIVACY_SERVICES) service: PrivacyService;
  @Json({ description: 'Rows written, removed, or made nobody’s, by table' }) counts: Record<string, number>;
  @ListOf(() => FilePart, { max: 100_000, description: 'Files that no manifest lists' }) parts: FilePart[];
  @Nested(() => FileManifest, { optional: true, description: 'Where the files of an export are listed' })
  manifest?: FileManifest;
  @Instant() finishedAt: string;
}

export class PrivacyRequestedV1 {
  @Uuid() requestId: string;
  @OneOf(PRIVACY_KINDS) kind: PrivacyKind;
  @OneOf(PRIVACY_SCOPES) scope: PrivacyScope;
  @Uuid({ description: 'The tenant meant by scopes tenant and customer; else where the person asked' })
  tenantId: string;
  @Uuid({ optional: true, description: 'Scope me: whose data' }) userId?: string;
  @Phone({ optional: true, description: 'Scope customer: whose data' }) phone?: string;
  @Texts({ max: 1000, description: 'Tenants that are erased or exported whole' }) wholeTenantIds: string[];
  @Texts({
    optional: true,
    in: PRIVACY_SERVICES,
    description: 'Whose receipt is missing; everybody’s if left out',
  })
  services?: PrivacyService[];
}

/** Without a tenant of its own: it must reach services that handle no event of the tenant any more. */
export const privacyRequestedV1 = defineEvent({
  type: 'identity.privacy.requested.v1',
  producer: 'identity',
  description: 'Every service exports or erases what it holds of the subject and answers with a receipt.',
  payload: PrivacyRequestedV1,
  sample: {
    requestId: '0193f3a0-7b6e-7c3a-9f00-3f6f5b8c0041',
    kind: 'erasure',
    scope: 'customer',
    tenantId: '0193f3a0-7b6e-7c3a-9f00-3f6f5b8c0010',
    phone: '+15145550100',
    wholeTenantIds: [],
  },
});

const receiptOf = (service: PrivacyService, prefix: string): EventDefinition<PrivacyReceiptV1> =>
  defineEvent({
    type: `${prefix}.privacy.completed.v1`,
    producer: service,
    description: `${service} has exported or erased what it held of the subject.`,
    payload: PrivacyReceiptV1,
    sample: {
      requestId: '0193f3a0-7b6e-7c3a-9f00-3f6f5b8c0041',
      service,
      counts: { things: 12 },
      parts: [],
      finishedAt: '2026-11-20T14:05:00.000Z',
    },
  });

export const identityPrivacyCompletedV1 = receiptOf('identity', 'identity');
export const telephonyPrivacyCompletedV1 = receiptOf('telephony-ingest', 'telephony');
export const agentsPrivacyCompletedV1 = receiptOf('ai-agents', 'agents');
export const billingPrivacyCompletedV1 = receiptOf('billing', 'billing');
export const analyticsPrivacyCompletedV1 = receiptOf('analytics', 'analytics');
export const notificationsPrivacyCompletedV1 = receiptOf('notifications', 'notifications');
export const gatewayPrivacyCompletedV1 = receiptOf('gateway', 'gateway');

export const PRIVACY_COMPLETED: Record<PrivacyService, EventDefinition<PrivacyReceiptV1>> = {
  identity: identityPrivacyCompletedV1,
  'telephony-ingest': telephonyPrivacyCompletedV1,
  'ai-agents': agentsPrivacyCompletedV1,
  billing: billingPrivacyCompletedV1,
  analytics: analyticsPrivacyCompletedV1,
  notifications: notificationsPrivacyCompletedV1,
  gateway: gatewayPrivacyCompletedV1,
};
