import { type CanActivate, type ExecutionContext, Inject, Injectable } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { type CallerContext, currentCaller, RateLimited } from '@parley/contracts';
import { CONFIG } from '@parley/platform';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { GatewayConfig } from '../config';
import { ApiKeys } from './api-keys';
import { RATE_CLASS } from './decorators';
import { RATE_CLASSES, type RateClass } from './rate-classes';
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
    const declared = this.reflector.getAllAndOverride<RateClass | undefined>(RATE_CLASS, [
      context.getHandler(),
      context.getClass(),
    ]);
    if (declared === 'NONE') return true;
    const http = context.switchToHttp();
    const caller = currentCaller();
    const rateClass = declared ?? (caller.userId || caller.apiKeyId ? 'API' : 'ANONYMOUS');
    const { windowSeconds } = RATE_CLASSES[rateClass];
    const own = rateClass === 'API' && caller.apiKeyId ? this.keys.limitOf(caller.apiKeyId) : undefined;
    const limit = own ?? this.limitOf(rateClass);
    const key = `${rateClass}:${whoseLimit(rateClass, caller, http.getRequest<FastifyRequest>())}`;
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

  private limitOf(rateClass: RateClass): number {
    if (rateClass === 'API') return this.config.RATE_LIMIT_API;
    if (rateClass === 'ANONYMOUS') return this.config.RATE_LIMIT_ANONYMOUS;
    if (rateClass === 'AUTH') return this.config.RATE_LIMIT_AUTH;
    return RATE_CLASSES[rateClass].limit;
  }
}

/** Sign-in is limited per address and mail, so that nobody's mistakes lock out a neighbour. */
function whoseLimit(rateClass: RateClass, caller: CallerContext, request: FastifyRequest): string {
  const address = caller.ip ?? 'unknown';
  if (rateClass === 'AUTH') {
    const email = (request.body as { email?: unknown } | undefined)?.email;
    return `${address}:${typeof email === 'string' ? email.trim().toLowerCase() : ''}`;
  }
  // Whoever acts as somebody else spends their own allowance.
  return caller.impersonatorId ?? caller.userId ?? caller.apiKeyId ?? address;
}
