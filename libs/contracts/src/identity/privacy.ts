import { defineEvent, type EventDefinition } from '../event';
import { Instant, Int, Json, ListOf, OneOf, Phone, Text, Texts, Uuid } from '../fields';
import { PageRequest, pageOf } from '../page';
import { defineOperation } from '../rpc';

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
] as const;
export type PrivacyService = (typeof PRIVACY_SERVICES)[number];

export class FilePart {
  @Text({ max: 512, description: 'Key in the file store' }) key: string;
  @Text({ max: 128 }) table: string;
  @Int({ min: 0 }) rows: number;
  @Int({ min: 0 }) bytes: number;
  @Text({ min: 64, max: 64 }) sha256: string;
}

export class PrivacyReceiptV1 {
  @Uuid() requestId: string;
  @OneOf(PRIVACY_SERVICES) service: PrivacyService;
  @Json({ description: 'Rows written, removed, or made nobody’s, by table' }) counts: Record<string, number>;
  @ListOf(() => FilePart, { max: 100_000 }) parts: FilePart[];
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

export const PRIVACY_COMPLETED: Record<PrivacyService, EventDefinition<PrivacyReceiptV1>> = {
  identity: identityPrivacyCompletedV1,
  'telephony-ingest': telephonyPrivacyCompletedV1,
  'ai-agents': agentsPrivacyCompletedV1,
  billing: billingPrivacyCompletedV1,
  analytics: analyticsPrivacyCompletedV1,
  notifications: notificationsPrivacyCompletedV1,
};

export class CreatePrivacyRequest {
  @OneOf(PRIVACY_KINDS) kind: PrivacyKind;
  @OneOf(['me', 'tenant'], { optional: true, description: 'me by default; tenant is for its owner' })
  scope?: 'me' | 'tenant';
  @Phone({ optional: true, description: 'A customer of the tenant instead (administrators)' })
  subjectPhone?: string;
}

export class PrivacyServiceStatus {
  @OneOf(PRIVACY_SERVICES) service: PrivacyService;
  @OneOf(['waiting', 'completed']) status: 'waiting' | 'completed';
  @Json({ nullable: true, description: 'Rows by table' }) counts: Record<string, number> | null;
  @Instant({ nullable: true }) finishedAt: string | null;
}

export class PrivacyRequestResponse {
  @Uuid() id: string;
  @Uuid() tenantId: string;
  @OneOf(PRIVACY_KINDS) kind: PrivacyKind;
  @OneOf(PRIVACY_SCOPES) scope: PrivacyScope;
  @Phone({ nullable: true, description: 'Forgotten when an erasure is done' }) subjectPhone: string | null;
  @OneOf(PRIVACY_STATUSES) status: PrivacyStatus;
  @Text({ nullable: true, max: 500, description: 'Why it was refused' }) reason: string | null;
  @ListOf(() => PrivacyServiceStatus, { max: 20 }) services: PrivacyServiceStatus[];
  @Instant() requestedAt: string;
  @Instant({ description: 'When it begins; an erasure can be cancelled until then' }) executeAt: string;
  @Instant({ description: 'When it must be done, by law' }) dueAt: string;
  @Instant({ nullable: true }) completedAt: string | null;
  @Instant({ nullable: true, description: 'Until then the archive can be downloaded' })
  downloadUntil: string | null;
}

export const PrivacyRequestPage = pageOf(PrivacyRequestResponse);

export class PrivacyRequestId {
  @Uuid() id: string;
}

export class CertificateTokenRequest {
  @Text({ max: 64, pattern: /^[\w-]+$/ }) token: string;
}

export class ErasureCertificate {
  @Text({ max: 1_000_000, description: 'JWS (RS256); verifies with /.well-known/jwks.json' })
  certificate: string;
}

export class PrivacyArchive {
  @Text({ max: 512 }) key: string;
  @Text({ max: 128 }) fileName: string;
  @Int({ min: 0 }) bytes: number;
  @Text({ min: 64, max: 64 }) sha256: string;
}

const common = { service: 'identity' } as const;

export const createPrivacyRequest = defineOperation({
  ...common,
  name: 'identity.privacy.request',
  request: CreatePrivacyRequest,
  response: PrivacyRequestResponse,
});

/** The caller's own requests, newest first. */
export const listPrivacyRequests = defineOperation({
  ...common,
  name: 'identity.privacy.list',
  request: PageRequest,
  response: PrivacyRequestPage,
});

export const getPrivacyRequest = defineOperation({
  ...common,
  name: 'identity.privacy.get',
  request: PrivacyRequestId,
  response: PrivacyRequestResponse,
});

export const cancelPrivacyRequest = defineOperation({
  ...common,
  name: 'identity.privacy.cancel',
  request: PrivacyRequestId,
  response: PrivacyRequestResponse,
});

export const getPrivacyArchive = defineOperation({
  ...common,
  name: 'identity.privacy.archive',
  request: PrivacyRequestId,
  response: PrivacyArchive,
});

export const getErasureCertificate = defineOperation({
  ...common,
  name: 'identity.privacy.certificate',
  request: PrivacyRequestId,
  response: ErasureCertificate,
});

/** For who has no account any more: the token came with the mail. */
export const getErasureCertificateByToken = defineOperation({
  ...common,
  name: 'identity.privacy.certificate-by-token',
  request: CertificateTokenRequest,
  response: ErasureCertificate,
});
