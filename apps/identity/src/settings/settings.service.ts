import { Inject, Injectable } from '@nestjs/common';
import { currentCaller, Invalid, type PutSettingsRequest, type SettingsResponse } from '@parley/contracts';
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
    @Inject(AuditTrail) private readonly audit: AuditTrail,
  ) {}

  async get(): Promise<SettingsResponse> {
    return this.db.tenant(() => this.current());
  }

  /** @throws Invalid when business hours make no sense */
  async put(request: PutSettingsRequest): Promise<SettingsResponse> {
    const faults = request.businessHours ? faultsOfBusinessHours(request.businessHours) : [];
    if (faults.length > 0) throw new Invalid('Invalid input: businessHours', faults);
    const changes = { ...request };
    for (const field of ALWAYS_SET) if (changes[field] === null) delete changes[field];
    const { tenantId = '', userId } = currentCaller();
    return this.db.tenant(async () => {
      await this.settings.lock(tenantId);
      const before = await this.current();
      await this.settings.change(tenantId, changes, userId, new Date());
      const after = await this.current();
      await this.audit.record({
        action: 'settings.changed',
        resourceType: 'settings',
        resourceId: tenantId,
        before: changedOf(before, changes),
        after: changedOf(after, changes),
      });
      return after;
    });
  }

  private async current(): Promise<SettingsResponse> {
    const { tenantId = '' } = currentCaller();
    const found = await this.settings.find(tenantId);
    return found ? toSettingsResponse(found) : DEFAULTS;
  }
}

/** The fields that a request was about. */
const changedOf = (settings: SettingsResponse, changes: PutSettingsRequest): object =>
  Object.fromEntries(Object.entries(settings).filter(([field]) => field in changes));

const toSettingsResponse = (settings: TenantSettings): SettingsResponse => ({
  ...settings,
  updatedAt: settings.updatedAt.toISOString(),
});
