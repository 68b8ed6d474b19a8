import { ACT_RECORDED, type Act, currentCaller, type ServiceName, toFacts } from '@parley/contracts';
import type { Outbox } from './outbox';

/** What acts of the platform are about, where they have no tenant. */
const PLATFORM = 'platform';

/** Tells the audit trail, which is identity's, of an act (ADR 0027). */
export class ActRecorder {
  constructor(
    private readonly service: ServiceName,
    private readonly outbox: Outbox,
  ) {}

  /** In the transaction that does the act: both happen or neither. */
  async record({ action, resourceType, resourceId, before, after, tenantId }: Act): Promise<void> {
    const caller = currentCaller();
    const whose = tenantId === undefined ? (caller.tenantId ?? null) : tenantId;
    await this.outbox.add(
      ACT_RECORDED[this.service],
      {
        action,
        resourceType,
        resourceId: resourceId ?? null,
        actorKeyId: caller.apiKeyId ?? null,
        ip: caller.ip ?? null,
        userAgent: caller.userAgent ?? null,
        before: toFacts(before),
        after: toFacts(after),
      },
      { subject: whose ?? PLATFORM, tenantId: whose },
    );
  }
}
