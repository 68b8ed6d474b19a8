import { Inject, Injectable } from '@nestjs/common';
import {
  currentCaller,
  Invalid,
  type PutSettingsRequest,
  type SettingsResponse,
  tenantSettingsUpdatedV1,
} from '@parley/contracts';
import { Outbox } from '@parley/messaging';
import { Database } from '@parley/persistence';
import { AuditTrail } from '../audit/audit-trail';
import { faultsOfBusinessHours } from './business-hours';
import { SettingsRepository, type TenantSettings } from './settings.repository';

/** What holds for a tenant that never changed anything; the columns have the same defaults. */
const DEFAULTS: SettingsResponse = {
  postCallSmsEnabled: false,
  postCallSmsTemplate: null,
  postCallSmsDelaySeconds: 60,
  reviewRequestEnabled: false,
  reviewRequestTemplate: null,
  googleReviewUrl: null,
  businessHours: null,
  transferNumber: null,
  updatedBy: null,
  updatedAt: null,
};

/** Fields that null cannot clear: there it means the same as leaving them out. */
const ALWAYS_SET = ['postCallSmsEnabled', 'postCallSmsDelaySeconds', 'reviewRequestEnabled'] as const;

@Injectable()
export class SettingsService {
  constructor(
    @Inject(Database) private readonly db: Database,
    @Inject(SettingsRepository) private readonly settings: SettingsRepository,
    @Inject(Outbox) private readonly outbox: Outbox,
    @Inject(AuditTrail) private readonly audit: AuditTrail,
  ) {}

  async get(): Promise<SettingsResponse> {
    return this.db.tenant(() => this.current());
  }

  /** @throws Invalid when business hours make no sense */
  async put(request: PutSettingsRequest): Promise<SettingsResponse> {
    const changes = acceptable(request);
    const { tenantId = '' } = currentCaller();
    return this.db.tenant(() => this.change(tenantId, changes));
  }

  /** Of a tenant just made, in the open transaction. @throws Invalid when business hours make no sense */
  async begin(tenantId: string, request: PutSettingsRequest): Promise<SettingsResponse> {
    return this.change(tenantId, acceptable(request));
  }

  private async change(tenantId: string, changes: PutSettingsRequest): Promise<SettingsResponse> {
    await this.settings.lock(tenantId);
    const before = await this.current(tenantId);
    const version = await this.settings.change(tenantId, changes, currentCaller().userId, new Date());
    const after = await this.current(tenantId);
    const { updatedBy: _by, updatedAt: _at, ...facts } = after;
    const payload = { ...facts, tenantId, changed: Object.keys(changedOf(after, changes)), version };
    await this.outbox.add(tenantSettingsUpdatedV1, payload, { subject: tenantId, tenantId });
    await this.audit.record({
      action: 'settings.changed',
      resourceType: 'settings',
      resourceId: tenantId,
      before: changedOf(before, changes),
      after: changedOf(after, changes),
      tenantId,
    });
    return after;
  }

  private async current(tenantId = currentCaller().tenantId ?? ''): Promise<SettingsResponse> {
    const found = await this.settings.find(tenantId);
    return found ? toSettingsResponse(found) : DEFAULTS;
  }
}

/** @throws Invalid when business hours make no sense */
function acceptable(request: PutSettingsRequest): PutSettingsRequest {
  const faults = request.businessHours ? faultsOfBusinessHours(request.businessHours) : [];
  if (faults.length > 0) throw new Invalid('Invalid input: businessHours', faults);
  const changes = { ...request };
  for (const field of ALWAYS_SET) if (changes[field] === null) delete changes[field];
  return changes;
}

/** The fields that a request was about. */
const changedOf = (settings: SettingsResponse, changes: PutSettingsRequest): object =>
  Object.fromEntries(
    Object.entries(settings).filter(([field]) => changes[field as keyof PutSettingsRequest] !== undefined),
  );

const toSettingsResponse = (settings: TenantSettings): SettingsResponse => ({
  ...settings,
  updatedAt: settings.updatedAt.toISOString(),
});
