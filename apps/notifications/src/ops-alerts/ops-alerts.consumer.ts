import { Controller, Inject } from '@nestjs/common';
import { type OpsAlertRaisedV1, opsAlertRaisedV1 } from '@parley/contracts';
import { OnEvent } from '@parley/messaging';
import { OpsAlerts } from './ops-alerts.service';

@Controller()
export class OpsAlertsConsumer {
  constructor(@Inject(OpsAlerts) private readonly alerts: OpsAlerts) {}

  @OnEvent(opsAlertRaisedV1)
  onOpsAlertRaised(alert: OpsAlertRaisedV1): Promise<void> {
    return this.alerts.raise(alert);
  }
}
