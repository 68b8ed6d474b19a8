import { type CanActivate, type ExecutionContext, Inject, Injectable } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { type CallerContext, currentCaller, RateLimited } from '@parley/contracts';
import { CONFIG } from '@parley/platform';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { GatewayConfig } from '../config';
import { ApiKeys } from './api-keys';
import { RATE_CLASS } from './decorators';
import { type DeclaredRate, RATE_CLASSES, type RateClass, type RateOf } from './rate-classes';
import type { RateStore } from './rate-store';

export const RATE_STORE = Symbol('RATE_STORE');

/** Limits of REQUIREMENTS 4.2. Tells in every answer how much is left. */
@Injectable()
export class RateLimitGuard implements CanActivate {
  constructor(
    @Inject(Reflector) private readonly reflector: Reflector,
    @Inject(RATE_STORE) private readonly store: RateStore,
    @Inject(CONFIG) private readonly config: GatewayConfig,
    @Inject(ApiKeys) private readonly keys: ApiKeys,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    if (context.getType() !== 'http' || this.config.RATE_LIMITS === 'off') return true;
    const declared = this.reflector.getAllAndOverride<DeclaredRate | RateOf | undefined>(RATE_CLASS, [
      context.getHandler(),
      context.getClass(),
    ]);
    const http = context.switchToHttp();
    const request = http.getRequest<FastifyRequest>();
    const rate = typeof declared === 'function' ? declared(request) : (declared ?? 'USUAL');
    if (rate === 'NONE') return true;
    const caller = currentCaller();
    const rateClass = rate === 'USUAL' ? (caller.userId || caller.apiKeyId ? 'API' : 'ANONYMOUS') : rate;
    const { windowSeconds, setting } = RATE_CLASSES[rateClass];
    const own = rateClass === 'API' && caller.apiKeyId ? this.keys.limitOf(caller.apiKeyId) : undefined;
    const limit = own ?? this.config[setting];
    const key = `${rateClass}:${whoseLimit(rateClass, caller, request)}`;
    const { count, resetSeconds } = await this.store.hit(key, windowSeconds);
    const reply = http.getResponse<FastifyReply>();
    void reply.headers({
      'ratelimit-limit': String(limit),
      'ratelimit-remaining': String(Math.max(0, limit - count)),
      'ratelimit-reset': String(resetSeconds),
    });
    if (count > limit) throw new RateLimited(`Over ${limit} requests; try again later`, resetSeconds);
    return true;
  }
}

/**
 * Sign-in is limited per address and mail, so that nobody's mistakes lock out a neighbour; who is signed in and gives
 * no mail (changing a password) stands for themselves.
 */
function whoseLimit(rateClass: RateClass, caller: CallerContext, request: FastifyRequest): string {
  const address = caller.ip ?? 'unknown';
  if (rateClass === 'AUTH') {
    const email = (request.body as { email?: unknown } | undefined)?.email;
    return `${address}:${typeof email === 'string' ? email.trim().toLowerCase() : (caller.userId ?? '')}`;
  }
  // Whoever acts as somebody else spends their own allowance.
  return caller.impersonatorId ?? caller.userId ?? caller.apiKeyId ?? address;
}
