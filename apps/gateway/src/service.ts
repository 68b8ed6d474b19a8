import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { defineService, LiveConfig, type ServiceSpec } from '@parley/platform';
import { GatewayModule } from './app.module';
import { announceCompat, rewriteCompat } from './compat/compat-table';
import { type GatewayConfig, gatewayConfig } from './config';
import { ApiKeys } from './edge/api-keys';
import { authenticate } from './edge/authentication';
import { ImpersonationExchange } from './edge/impersonation-exchange';
import { limitBodies, MOST_BODY_BYTES } from './edge/body-limit';
import { serveApiDocs } from './edge/openapi';
import { secure } from './edge/security';
import { TokenVerifier } from './edge/token-verifier';
import { LiveGateway } from './live/live.gateway';

/** Mounts further routes on the public origin; standalone passes the providers' paths on this way. */
export type Mount = (app: NestFastifyApplication) => Promise<void> | void;

export function defineGateway(mount?: Mount): ServiceSpec<typeof gatewayConfig> {
  return defineService({
    name: 'gateway',
    config: gatewayConfig,
    module: GatewayModule,
    http: {
      port: (config) => config.PORT,
      options: (config) => ({
        bodyLimit: Math.max(config.BODY_LIMIT_BYTES, MOST_BODY_BYTES),
        trustProxy: config.TRUST_PROXY,
        placeHeaders: { country: config.GEO_COUNTRY_HEADER, city: config.GEO_CITY_HEADER },
        rewriteUrl: rewriteCompat,
      }),
      configure: (app, config) => configure(app, config, mount),
    },
  });
}

async function configure(app: NestFastifyApplication, config: GatewayConfig, mount?: Mount): Promise<void> {
  const fastify = app.getHttpAdapter().getInstance();
  limitBodies(fastify, app.get(LiveConfig), Math.max(config.BODY_LIMIT_BYTES, MOST_BODY_BYTES));
  await secure(app, config);
  authenticate(fastify, app.get(TokenVerifier), app.get(ApiKeys), app.get(ImpersonationExchange));
  announceCompat(fastify);
  if (config.API_DOCS) serveApiDocs(app, config.APP_VERSION);
  await mount?.(app);
  await app.get(LiveGateway).attach(app.getHttpServer());
}

export const gateway = defineGateway();
