import { Controller, Inject } from '@nestjs/common';
import {
  type ActRecordedV1,
  agentsActRecordedV1,
  analyticsActRecordedV1,
  billingActRecordedV1,
  type EventMeta,
  gatewayActRecordedV1,
  identityActRecordedV1,
  notificationsActRecordedV1,
  telephonyActRecordedV1,
} from '@parley/contracts';
import { OnEvent } from '@parley/messaging';
import { AuditTrail } from './audit-trail';

/** Acts of all services, each once, into the chain of the tenant that the envelope names, or the platform's. */
@Controller()
export class ActsConsumer {
  constructor(@Inject(AuditTrail) private readonly audit: AuditTrail) {}

  @OnEvent(identityActRecordedV1)
  onIdentityAct(act: ActRecordedV1, meta: EventMeta): Promise<void> {
    return this.append(act, meta);
  }

  @OnEvent(telephonyActRecordedV1)
  onTelephonyAct(act: ActRecordedV1, meta: EventMeta): Promise<void> {
    return this.append(act, meta);
  }

  @OnEvent(agentsActRecordedV1)
  onAgentsAct(act: ActRecordedV1, meta: EventMeta): Promise<void> {
    return this.append(act, meta);
  }

  @OnEvent(billingActRecordedV1)
  onBillingAct(act: ActRecordedV1, meta: EventMeta): Promise<void> {
    return this.append(act, meta);
  }

  @OnEvent(analyticsActRecordedV1)
  onAnalyticsAct(act: ActRecordedV1, meta: EventMeta): Promise<void> {
    return this.append(act, meta);
  }

  @OnEvent(notificationsActRecordedV1)
  onNotificationsAct(act: ActRecordedV1, meta: EventMeta): Promise<void> {
    return this.append(act, meta);
  }

  @OnEvent(gatewayActRecordedV1)
  onGatewayAct(act: ActRecordedV1, meta: EventMeta): Promise<void> {
    return this.append(act, meta);
  }

  private append(act: ActRecordedV1, meta: EventMeta): Promise<void> {
    return this.audit.append({
      ...act,
      tenantId: meta.tenantId ?? null,
      at: new Date(meta.time),
      actorUserId: meta.actorId ?? null,
      impersonatorId: meta.impersonatorId ?? null,
      impersonationId: meta.impersonationId ?? null,
      requestId: meta.correlationId,
    });
  }
}
