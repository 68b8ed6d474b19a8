import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { RunningService } from '@parley/platform';
import { mountWebhooks, WebhookDoor } from '../../telephony-ingest/src';

/** As telephony-ingest's own default. */
const PROVIDER_BODY_LIMIT = 5 * 1024 * 1024;

/**
 * Lets the gateway's origin serve the providers' paths as well, passing on the raw bytes. In a cluster the
 * ingress does this by path.
 */
export function mountProviders(telephony: RunningService): (app: NestFastifyApplication) => Promise<void> {
  return (app) =>
    mountWebhooks(app.getHttpAdapter().getInstance(), telephony.get(WebhookDoor), PROVIDER_BODY_LIMIT);
}
