import { createHash } from 'node:crypto';
import { type CanActivate, type ExecutionContext, Inject, Injectable } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { type CallerContext, currentCaller } from '@parley/contracts';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { ApiKeys } from './api-keys';
import { RATE_CLASS } from './decorators';
import type { DeclaredRate, RateClass, RateOf } from './rate-classes';
import { RateLimits, refuseOver, type Spent } from './rate-limits';

/** Limits of REQUIREMENTS 4.2. Tells in every answer how much is left. */
@Injectable()
export class RateLimitGuard implements CanActivate {
  constructor(
    @Inject(Reflector) private readonly reflector: Reflector,
    @Inject(RateLimits) private readonly limits: RateLimits,
    @Inject(ApiKeys) private readonly keys: ApiKeys,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    if (context.getType() !== 'http' || this.limits.off) return true;
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
    const spent = await this.spend(rateClass, caller, request);
    const { count, limit, resetSeconds } = spent;
    void http.getResponse<FastifyReply>().headers({
      'ratelimit-limit': String(limit),
      'ratelimit-remaining': String(Math.max(0, limit - count)),
      'ratelimit-reset': String(resetSeconds),
    });
    refuseOver(spent);
    return true;
  }

  private async spend(rateClass: RateClass, caller: CallerContext, request: FastifyRequest): Promise<Spent> {
    if (rateClass === 'AUTH') return this.spendOnSignIn(caller, request);
    const own = rateClass === 'API' && caller.apiKeyId ? this.keys.limitOf(caller.apiKeyId) : undefined;
    // Whoever acts as somebody else spends their own allowance.
    const whose = caller.impersonatorId ?? caller.userId ?? caller.apiKeyId ?? addressOf(caller);
    return this.limits.spend(rateClass, whose, own);
  }

  /**
   * Sign-in is limited per address and mail, so that nobody's mistakes lock out a neighbour, and more generously per
   * address, so that another mail with every request buys nothing. The address comes first: over its limit, no more
   * pairs are remembered. What the pair refuses is no attempt, and does not count against the neighbours.
   */
  private async spendOnSignIn(caller: CallerContext, request: FastifyRequest): Promise<Spent> {
    const address = addressOf(caller);
    const ofAddress = await this.limits.spend('AUTH_ADDRESS', address);
    if (ofAddress.count > ofAddress.limit) return ofAddress;
    const ofPair = await this.limits.spend('AUTH', `${address}:${whoSignsIn(caller, request)}`);
    if (ofPair.count > ofPair.limit) await this.limits.giveBack('AUTH_ADDRESS', address);
    return ofPair;
  }
}

const addressOf = ({ ip }: CallerContext): string => ip ?? 'unknown';

/**
 * The mail, as a hash: no DTO has looked at it yet, so it may be as long as a body. Who is signed in and gives no mail
 * (changing a password) stands for themselves. Else it is what is presented, a code or a mailed token: colleagues behind
 * one address who follow their links do not use up each other's tries, and guesses are limited per address.
 */
function whoSignsIn({ userId }: CallerContext, { body, query, routeOptions }: FastifyRequest): string {
  const { email, challengeToken } = (body ?? {}) as { email?: unknown; challengeToken?: unknown };
  if (typeof email === 'string') return hashOf(email.trim().toLowerCase());
  if (userId) return userId;
  return hashOf(JSON.stringify([routeOptions.url, challengeToken ?? [body, query]]));
}

const hashOf = (text: string): string => createHash('sha256').update(text).digest('base64url');
