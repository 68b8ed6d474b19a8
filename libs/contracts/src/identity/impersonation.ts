import { IMPERSONATION_MODES, type ImpersonationMode } from '../context';
import { Instant, Int, Nested, OneOf, Text, Uuid } from '../fields';
import { PageRequest, pageOf } from '../page';
import { defineOperation, Nothing } from '../rpc';
import { AuditEntryPage } from './audit';

/** Longest a grant lasts (C-88). */
export const MAX_IMPERSONATION_MINUTES = 30;
export const MIN_IMPERSONATION_REASON = 10;
export const MAX_IMPERSONATION_REASON = 500;

export const IMPERSONATION_STATUSES = ['active', 'ended'] as const;
export type ImpersonationStatus = (typeof IMPERSONATION_STATUSES)[number];

export class StartImpersonationRequest {
  @Uuid({ description: 'Whom to act as' }) userId: string;
  @Uuid({ optional: true, description: "One of the person's tenants; their oldest membership by default" })
  tenantId?: string;
  @Text({
    min: MIN_IMPERSONATION_REASON,
    max: MAX_IMPERSONATION_REASON,
    example: 'Ticket 4711: calls are not listed',
    description: 'Shown to the tenant',
  })
  reason: string;
  @OneOf(IMPERSONATION_MODES, { optional: true, description: '`read` by default: only GET and HEAD' })
  mode?: ImpersonationMode;
  @Int({ optional: true, min: 1, max: MAX_IMPERSONATION_MINUTES, description: '30 by default' })
  minutes?: number;
}

export class Impersonation {
  @Uuid() id: string;
  @Uuid() tenantId: string;
  @Uuid({ description: 'The person acted as' }) userId: string;
  @Uuid({ description: 'The super admin' }) impersonatorId: string;
  @Text({ max: 200 }) impersonatorName: string;
  @OneOf(IMPERSONATION_MODES) mode: ImpersonationMode;
  @Text({ max: MAX_IMPERSONATION_REASON }) reason: string;
  @Instant() startedAt: string;
  @Instant() expiresAt: string;
  @Instant({ nullable: true }) endedAt: string | null;
  @Text({ nullable: true, max: 64, example: 'expired' }) endedReason: string | null;
  @Int({ min: 0, description: 'Rows of the audit trail that carry it' }) acts: number;
}

export class ImpersonationPage extends pageOf(Impersonation) {}

export class ImpersonationToken {
  @Text({ max: 4096, description: 'Claims `imp`, `iid` and `imode`; there is no refresh token' })
  accessToken: string;
  @OneOf(['Bearer']) tokenType: 'Bearer';
  @Int({ min: 1, description: 'Seconds; the whole life of the grant' }) expiresIn: number;
  @Nested(() => Impersonation) impersonation: Impersonation;
}

export class ListImpersonationsRequest extends PageRequest {
  @OneOf(IMPERSONATION_STATUSES, { optional: true }) status?: ImpersonationStatus;
  @Uuid({ optional: true, description: 'The person acted as' }) userId?: string;
}

export class ListAllImpersonationsRequest extends ListImpersonationsRequest {
  @Uuid({ optional: true }) tenantId?: string;
  @Uuid({ optional: true, description: 'The super admin' }) impersonatorId?: string;
}

export class ImpersonationIdRequest {
  @Uuid() id: string;
}

export class ListImpersonationActsRequest extends PageRequest {
  @Uuid() id: string;
}

export class RecordImpersonationActRequest {
  @Text({ max: 16, example: 'PUT', description: 'HTTP method, or SOCKET' }) method: string;
  @Text({ max: 512, example: '/v1/settings', description: 'Path without its query, or name of the event' })
  path: string;
}

export const startImpersonation = defineOperation({
  name: 'identity.impersonation.start',
  service: 'identity',
  role: 'super_admin',
  request: StartImpersonationRequest,
  response: ImpersonationToken,
});

export const listAllImpersonations = defineOperation({
  name: 'identity.impersonations.list-all',
  service: 'identity',
  role: 'super_admin',
  request: ListAllImpersonationsRequest,
  response: ImpersonationPage,
});

export const getImpersonation = defineOperation({
  name: 'identity.impersonation.get',
  service: 'identity',
  role: 'super_admin',
  request: ImpersonationIdRequest,
  response: Impersonation,
});

/** At once and everywhere; ending twice is ending once. */
export const endImpersonation = defineOperation({
  name: 'identity.impersonation.end',
  service: 'identity',
  role: 'super_admin',
  request: ImpersonationIdRequest,
  response: Impersonation,
});

/** In the caller's tenant: who acted as whom, when and why. */
export const listImpersonations = defineOperation({
  name: 'identity.impersonations.list',
  service: 'identity',
  request: ListImpersonationsRequest,
  response: ImpersonationPage,
});

/** What was done during one impersonation in the caller's tenant, newest first. */
export const listImpersonationActs = defineOperation({
  name: 'identity.impersonation.acts',
  service: 'identity',
  request: ListImpersonationActsRequest,
  response: AuditEntryPage,
});

/** Gateways ask before a write under impersonation is executed: what is not written down is not done. */
export const recordImpersonationAct = defineOperation({
  name: 'identity.impersonation.act',
  service: 'identity',
  request: RecordImpersonationActRequest,
  response: Nothing,
});
