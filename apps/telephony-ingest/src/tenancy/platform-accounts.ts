import { Inject, Injectable, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import { newId, type PutIntegrationRequest, runAs, systemCaller } from '@parley/contracts';
import { CONFIG } from '@parley/platform';
import type { TelephonyConfig } from '../config';
import { IntegrationsService } from './integrations.service';

/** Keeps the platform's own accounts as the settings say. */
@Injectable()
export class PlatformAccounts implements OnApplicationBootstrap {
  private readonly logger = new Logger(PlatformAccounts.name);

  constructor(
    @Inject(IntegrationsService) private readonly integrations: IntegrationsService,
    @Inject(CONFIG) private readonly config: TelephonyConfig,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    for (const account of this.configured()) {
      try {
        await runAs(systemCaller(newId()), () => this.integrations.putPlatform(account));
      } catch (error) {
        // The account as it was last saved goes on working; webhooks must be taken even so.
        this.logger.error({ err: error, provider: account.provider }, 'platform account could not be saved');
      }
    }
  }

  private configured(): PutIntegrationRequest[] {
    const {
      TWILIO_ACCOUNT_SID: accountSid,
      TWILIO_AUTH_TOKEN: authToken,
      VAPI_WEBHOOK_SECRET,
      STRIPE_WEBHOOK_SECRET,
    } = this.config;
    return [
      ...(authToken
        ? [{ provider: 'twilio' as const, authToken, ...(accountSid ? { accountSid } : {}) }]
        : []),
      ...(VAPI_WEBHOOK_SECRET ? [{ provider: 'vapi' as const, webhookSecret: VAPI_WEBHOOK_SECRET }] : []),
      ...(STRIPE_WEBHOOK_SECRET
        ? [{ provider: 'stripe' as const, webhookSecret: STRIPE_WEBHOOK_SECRET }]
        : []),
    ];
  }
}
