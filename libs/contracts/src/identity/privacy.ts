import { Instant, Int, Json, ListOf, OneOf, Phone, Text, Uuid } from '../fields';
import { PageRequest, pageOf } from '../page';
import { defineOperation } from '../rpc';
import {
  PRIVACY_KINDS,
  PRIVACY_SCOPES,
  PRIVACY_SERVICES,
  PRIVACY_STATUSES,
  type PrivacyKind,
  type PrivacyScope,
  type PrivacyService,
  type PrivacyStatus,
} from './privacy-events';

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

/** The caller's own requests, and those of anybody for the tenant that the caller could make, newest first. */
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
