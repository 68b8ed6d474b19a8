import { Bool, Instant, Int, Json, Nested, OneOf, Text, Uuid } from '../fields';
import { PageRequest, pageOf } from '../page';
import { defineOperation, Nothing } from '../rpc';

/** One act, as it was written beside it. */
export class AuditEntry {
  @Uuid() id: string;
  @Uuid({ nullable: true, description: 'null for acts of the platform' }) tenantId: string | null;
  @Int({ min: 1, description: "Place in the tenant's chain" }) seq: number;
  @Instant() at: string;
  @Text({ max: 100, example: 'api-key.created' }) action: string;
  @Text({ max: 64, example: 'api-key' }) resourceType: string;
  @Text({ nullable: true }) resourceId: string | null;
  @Uuid({ nullable: true }) actorUserId: string | null;
  @Uuid({ nullable: true, description: 'The service token that acted' }) actorKeyId: string | null;
  @Uuid({ nullable: true, description: 'The super admin acting as the actor' }) impersonatorId: string | null;
  @Uuid({ nullable: true, description: 'The impersonation it was done in' }) impersonationId: string | null;
  @Text({ nullable: true, max: 64 }) ip: string | null;
  @Text({ nullable: true, max: 256 }) userAgent: string | null;
  @Text({ max: 128, example: '0193f3a0-7b6e-7c3a-9f00-3f6f5b8c0021' }) requestId: string;
  @Json({ nullable: true }) before: Record<string, unknown> | null;
  @Json({ nullable: true }) after: Record<string, unknown> | null;
  @Int({ min: 1, description: 'Which fields the hash covers: 2 with impersonationId and version' })
  version: number;
  @Text({
    max: 64,
    description: 'SHA-256 over the hash before and this row',
    example: 'sha256 over this entry and the hash before it',
  })
  hash: string;
}

export const AuditEntryPage = pageOf(AuditEntry);

export class ListAuditLogsRequest extends PageRequest {
  @Text({
    optional: true,
    max: 100,
    description: 'An act, or what acts begin with up to a dot: `member` finds `member.removed`',
  })
  action?: string;
  @Text({ optional: true, max: 64, example: 'api-key' }) resourceType?: string;
  @Text({ optional: true, max: 128 }) resourceId?: string;
  @Uuid({ optional: true, description: 'User who acted' }) actor?: string;
  @Uuid({ optional: true, description: 'Done in this impersonation' }) impersonationId?: string;
  @Instant({ optional: true, description: 'At or after' }) from?: string;
  @Instant({ optional: true, description: 'Before' }) to?: string;
}

export class ListAllAuditLogsRequest extends ListAuditLogsRequest {
  @Uuid({ optional: true, description: 'Every tenant and the platform by default' }) tenantId?: string;
}

export class VerifyAuditRequest {
  @Uuid({ optional: true, description: "One tenant's chain; every chain by default" }) tenantId?: string;
}

export const AUDIT_FAULTS = ['changed', 'missing'] as const;

export class BrokenAuditLink {
  @Uuid({ nullable: true }) tenantId: string | null;
  @Int({ description: 'First place where the chain does not hold' }) seq: number;
  @OneOf(AUDIT_FAULTS) fault: (typeof AUDIT_FAULTS)[number];
}

export class AuditVerification {
  @Bool() intact: boolean;
  @Int({ description: 'Chains looked at' }) chains: number;
  @Int({ description: 'Rows that hold' }) rows: number;
  @Nested(() => BrokenAuditLink, { nullable: true }) firstBroken: BrokenAuditLink | null;
}

/** Acts in the caller's tenant, newest first. */
export const listAuditLogs = defineOperation({
  name: 'identity.audit.list',
  service: 'identity',
  request: ListAuditLogsRequest,
  response: AuditEntryPage,
});

export const listAllAuditLogs = defineOperation({
  name: 'identity.audit.list-all',
  service: 'identity',
  role: 'super_admin',
  request: ListAllAuditLogsRequest,
  response: AuditEntryPage,
});

/** Reads whole chains and says where the first one is broken. */
export const verifyAudit = defineOperation({
  name: 'identity.audit.verify',
  service: 'identity',
  role: 'super_admin',
  request: VerifyAuditRequest,
  response: AuditVerification,
  timeoutMs: 60_000,
});

export const AUDIT_FORMATS = ['csv', 'ndjson'] as const;
export type AuditFormat = (typeof AUDIT_FORMATS)[number];

/** Which rows leave as a file; written down before the first of them does. */
export class BeginAuditExportRequest extends ListAuditLogsRequest {
  @OneOf(AUDIT_FORMATS) format: AuditFormat;
}

export class BeginPlatformAuditExportRequest extends ListAllAuditLogsRequest {
  @OneOf(AUDIT_FORMATS) format: AuditFormat;
}

export const beginAuditExport = defineOperation({
  name: 'identity.audit.begin-export',
  service: 'identity',
  request: BeginAuditExportRequest,
  response: Nothing,
});

export const beginPlatformAuditExport = defineOperation({
  name: 'identity.audit.begin-platform-export',
  service: 'identity',
  role: 'super_admin',
  request: BeginPlatformAuditExportRequest,
  response: Nothing,
});
