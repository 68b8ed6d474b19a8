import { Module } from '@nestjs/common';
import { APP_GUARD, APP_INTERCEPTOR, APP_PIPE } from '@nestjs/core';
import { CONFIG, Health } from '@parley/platform';
import type { GatewayConfig } from '../config';
import { AccessGuard } from './access.guard';
import { ApiKeys } from './api-keys';
import { DtoPipe } from './dto.pipe';
import { ImpersonationExchange } from './impersonation-exchange';
import { ImpersonationGuard } from './impersonation.guard';
import { Impersonations } from './impersonations';
import { JsonTextInterceptor } from './json-text.interceptor';
import { RateLimitGuard } from './rate-limit.guard';
import { RATE_STORE, RateLimits } from './rate-limits';
import { MemoryRateStore, type RateStore, RedisRateStore } from './rate-store';
import { Revocations } from './revocations';
import { StepUpGuard } from './step-up.guard';
import { TokenVerifier } from './token-verifier';

function rateStore(config: GatewayConfig, health: Health): RateStore {
  if (!config.REDIS_URL) return new MemoryRateStore();
  const store = new RedisRateStore(config.REDIS_URL);
  health.inform('redis', () => (store.isReady ? 'up' : 'down'));
  return store;
}

/** Who may come in, how often, and in what shape. */
@Module({
  providers: [
    ApiKeys,
    ImpersonationExchange,
    Impersonations,
    RateLimits,
    Revocations,
    TokenVerifier,
    { provide: RATE_STORE, useFactory: rateStore, inject: [CONFIG, Health] },
    { provide: APP_GUARD, useClass: RateLimitGuard },
    { provide: APP_GUARD, useClass: AccessGuard },
    { provide: APP_GUARD, useClass: ImpersonationGuard },
    { provide: APP_GUARD, useClass: StepUpGuard },
    { provide: APP_PIPE, useClass: DtoPipe },
    { provide: APP_INTERCEPTOR, useClass: JsonTextInterceptor },
  ],
  exports: [ApiKeys, ImpersonationExchange, Impersonations, Revocations, TokenVerifier, RATE_STORE],
})
export class EdgeModule {}
