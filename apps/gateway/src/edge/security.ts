import cors from '@fastify/cors';
import helmet from '@fastify/helmet';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { GatewayConfig } from '../config';

/** For HTTP and sockets alike. */
export function allowedOrigins(config: GatewayConfig): string[] | true {
  const { NODE_ENV, CORS_ORIGINS, FRONTEND_URL, APP_URL } = config;
  if (NODE_ENV !== 'production' && CORS_ORIGINS.includes('*')) return true;
  const sites = [FRONTEND_URL, APP_URL].flatMap((site) => (site ? [new URL(site).origin] : []));
  return [...new Set([...CORS_ORIGINS.filter((origin) => origin !== '*'), ...sites])];
}

/** Security headers and CORS. The API answers JSON; only its documentation page runs scripts of its own. */
export async function secure(app: NestFastifyApplication, config: GatewayConfig): Promise<void> {
  await app.register(helmet, {
    contentSecurityPolicy: {
      directives: {
        defaultSrc: ["'none'"],
        scriptSrc: ["'self'", "'unsafe-inline'"],
        styleSrc: ["'self'", "'unsafe-inline'"],
        imgSrc: ["'self'", 'data:'],
        connectSrc: ["'self'"],
        frameAncestors: ["'none'"],
        upgradeInsecureRequests: config.NODE_ENV === 'production' ? [] : null,
      },
    },
    strictTransportSecurity: config.NODE_ENV === 'production',
  });
  await app.register(cors, {
    origin: allowedOrigins(config),
    credentials: true,
    methods: ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'],
    exposedHeaders: [
      'x-request-id',
      'ratelimit-limit',
      'ratelimit-remaining',
      'ratelimit-reset',
      'retry-after',
      'idempotency-replayed',
      'x-supabase-api-version',
    ],
    maxAge: 600,
  });
}
