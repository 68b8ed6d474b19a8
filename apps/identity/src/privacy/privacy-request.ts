import {
  PRIVACY_SERVICES,
  type PrivacyKind,
  type PrivacyReceiptV1,
  type PrivacyRequestResponse,
  type PrivacyScope,
  type PrivacyService,
  type PrivacyStatus,
} from '@parley/contracts';

export type Receipt = Pick<PrivacyReceiptV1, 'counts' | 'parts' | 'manifest' | 'finishedAt'>;
export type Receipts = Partial<Record<PrivacyService, Receipt>>;

export interface PrivacyRequest {
  id: string;
  tenantId: string;
  userId: string;
  kind: PrivacyKind;
  scope: PrivacyScope;
  subjectPhone: string | null;
  status: PrivacyStatus;
  reason: string | null;
  wholeTenantIds: string[];
  receipts: Receipts;
  requestedAt: Date;
  executeAt: Date;
  dueAt: Date;
  startedAt: Date | null;
  completedAt: Date | null;
  contactEnc: Buffer | null;
  archiveKey: string | null;
  archiveSha256: string | null;
  archiveBytes: number | null;
  archiveUntil: Date | null;
}

/** Whose receipt is still missing. */
export const awaited = ({ receipts }: Pick<PrivacyRequest, 'receipts'>): PrivacyService[] =>
  PRIVACY_SERVICES.filter((service) => !receipts[service]);

export function toPrivacyResponse(request: PrivacyRequest): PrivacyRequestResponse {
  const { id, tenantId, kind, scope, subjectPhone, status, reason, receipts } = request;
  return {
    id,
    tenantId,
    kind,
    scope,
    subjectPhone,
    status,
    reason,
    services: PRIVACY_SERVICES.map((service) => ({
      service,
      status: receipts[service] ? 'completed' : 'waiting',
      counts: receipts[service]?.counts ?? null,
      finishedAt: receipts[service]?.finishedAt ?? null,
    })),
    requestedAt: request.requestedAt.toISOString(),
    executeAt: request.executeAt.toISOString(),
    dueAt: request.dueAt.toISOString(),
    completedAt: request.completedAt?.toISOString() ?? null,
    downloadUntil: request.archiveKey ? (request.archiveUntil?.toISOString() ?? null) : null,
  };
}
