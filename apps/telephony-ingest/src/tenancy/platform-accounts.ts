import { Inject, Injectable, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import { newId, type PutIntegrationRequest, runAs, systemCaller } from '@parley/contracts';
import { LiveConfig } from '@parley/platform';
import type { TelephonyConfig } from '../config';
import { IntegrationsService } from './integrations.service';

const SETTINGS = [
  'TWILIO_ACCOUNT_SID',
  'TWILIO_AUTH_TOKEN',
  'VAPI_WEBHOOK_SECRET',
  'STRIPE_WEBHOOK_SECRET',
] as const;

/** Keeps the platform's own accounts as the settings say. */
@Injectable()
export class PlatformAccounts implements OnApplicationBootstrap {
  private readonly logger = new Logger(PlatformAccounts.name);
  private saving = Promise.resolve();

  constructor(
    @Inject(IntegrationsService) private readonly integrations: IntegrationsService,
    @Inject(LiveConfig) private readonly live: LiveConfig<TelephonyConfig>,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    this.live.onChange((keys) => {
      if (!SETTINGS.some((name) => keys.has(name))) return;
      // One after the other: the last change is the last one saved.
      this.saving = this.saving.then(() => this.save());
    });
    await this.save();
  }

  private async save(): Promise<void> {
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
    const accountSid = this.live.get('TWILIO_ACCOUNT_SID');
    const authToken = this.live.get('TWILIO_AUTH_TOKEN');
    const webhookSecret = this.live.get('VAPI_WEBHOOK_SECRET');
    const stripeSecret = this.live.get('STRIPE_WEBHOOK_SECRET');
    return [
      ...(authToken
        ? [{ provider: 'twilio' as const, authToken, ...(accountSid ? { accountSid } : {}) }]
        : []),
      ...(webhookSecret ? [{ provider: 'vapi' as const, webhookSecret }] : []),
      ...(stripeSecret ? [{ provider: 'stripe' as const, webhookSecret: stripeSecret }] : []),
    ];
  }
}
