import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { privacyRequestedV1 } from '@parley/contracts';
import { defineService, LiveConfig, type ServiceSpec } from '@parley/platform';
import { GatewayModule, GatewayRoutesModule } from './app.module';
import { speakDialects } from './compat/compat-hooks';
import { rewriteCompat } from './compat/compat-table';
import { type GatewayConfig, gatewayConfig } from './config';
import { ApiKeys } from './edge/api-keys';
import { authenticate } from './edge/authentication';
import { limitBodies, MOST_BODY_BYTES } from './edge/body-limit';
import { allowEmptyBodies } from './edge/empty-body';
import { ImpersonationExchange } from './edge/impersonation-exchange';
import { serveApiDocs } from './openapi/describe-api';
import { secure } from './edge/security';
import { TokenVerifier } from './edge/token-verifier';
import { LiveGateway } from './live/live.gateway';
import { GatewaySchema1700001500000 } from './migrations/gateway-schema.migration';

/** Mounts further routes on the public origin; standalone passes the providers' paths on this way. */
export type Mount = (app: NestFastifyApplication) => Promise<void> | void;

export function defineGateway(mount?: Mount): ServiceSpec<typeof gatewayConfig> {
  return defineService({
    name: 'gateway',
    config: gatewayConfig,
    module: GatewayModule,
    migrations: [GatewaySchema1700001500000],
    consumes: [privacyRequestedV1],
    jobs: true,
    http: {
      port: (config) => config.PORT,
      options: (config) => ({
        bodyLimit: Math.max(config.BODY_LIMIT_BYTES, MOST_BODY_BYTES),
        headerLimit: config.HEADER_LIMIT_BYTES,
        urlLimit: config.URL_LIMIT_CHARS,
        trustProxy: config.TRUSTED_PROXIES,
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
  allowEmptyBodies(fastify);
  await secure(app, config);
  authenticate(fastify, app.get(TokenVerifier), app.get(ApiKeys), app.get(ImpersonationExchange));
  speakDialects(fastify);
  if (config.API_DOCS) serveApiDocs(app, config.APP_VERSION);
  await mount?.(app);
  await app.get(LiveGateway).attach(app.getHttpServer());
}

export const gateway = defineGateway();

/** For tools that only read its routes: opens no database. */
export const gatewayWithoutData: ServiceSpec<typeof gatewayConfig> = {
  name: gateway.name,
  config: gateway.config,
  module: GatewayRoutesModule,
  ...(gateway.http ? { http: gateway.http } : {}),
};
