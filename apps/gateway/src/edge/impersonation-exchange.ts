import type { IncomingHttpHeaders } from 'node:http';
import { Inject, Injectable } from '@nestjs/common';
import { type CallerContext, runAs, startImpersonation } from '@parley/contracts';
import { RpcClient } from '@parley/messaging';
import { CONFIG } from '@parley/platform';
import type { GatewayConfig } from '../config';
import { type WantedImpersonation, wantedImpersonation } from './impersonation-header';
import { impersonationForbidden } from './impersonations';
import { Revocations } from './revocations';
import { isFresh, MfaEnrolmentRequired, StepUpRequired } from './step-up';
import { type TokenIdentity, TokenVerifier } from './token-verifier';

/** A grant that ends sooner is not used again: the request it serves takes a while too. */
const MARGIN_MS = 10_000;
const MAX_REMEMBERED = 1_000;

/**
 * Design 004's way: a super admin's own token with a header that names whom to act as. The header is exchanged for a
 * grant like any other, kept for as long as it lasts, and the request runs as that grant.
 */
@Injectable()
export class ImpersonationExchange {
  private readonly grants = new Map<string, Promise<TokenIdentity>>();

  constructor(
    @Inject(RpcClient) private readonly rpc: RpcClient,
    @Inject(TokenVerifier) private readonly tokens: TokenVerifier,
    @Inject(Revocations) private readonly revocations: Revocations,
    @Inject(CONFIG) private readonly config: GatewayConfig,
  ) {}

  /**
   * Whom a request with these headers speaks for: the bearer, or whom they act as.
   * @param asBearer the bearer's own context
   * @throws Invalid when a header cannot be read, Forbidden when the bearer is no super admin, StepUpRequired when a
   *   new grant is needed and the bearer has not just proved who they are, MfaEnrolmentRequired
   */
  async identify(
    bearer: TokenIdentity,
    headers: IncomingHttpHeaders,
    asBearer: CallerContext,
  ): Promise<TokenIdentity> {
    const wanted = wantedImpersonation(headers);
    if (!wanted) return bearer;
    if (bearer.impersonatorId || !bearer.roles.includes('super_admin')) throw impersonationForbidden();
    if (bearer.mfa === 'due') throw new MfaEnrolmentRequired();
    const place = `${bearer.sessionId} ${wanted.userId} ${wanted.mode}`;
    const known = await this.grants.get(place)?.catch(() => undefined);
    if (known && this.isGood(known)) return known;
    if (known) this.grants.delete(place);
    return this.exchange(place, wanted, asBearer);
  }

  /** Requests that come together share one grant; a refusal is asked for again. */
  private async exchange(
    place: string,
    wanted: WantedImpersonation,
    asBearer: CallerContext,
  ): Promise<TokenIdentity> {
    const underway = this.grants.get(place);
    if (underway) return underway;
    if (!isFresh(asBearer, this.config.STEP_UP_MINUTES)) throw new StepUpRequired();
    const grant = runAs(asBearer, async () => {
      const { accessToken } = await this.rpc.call(startImpersonation, wanted);
      return this.tokens.verify(accessToken);
    });
    const oldest = this.grants.keys().next().value;
    if (this.grants.size >= MAX_REMEMBERED && oldest !== undefined) this.grants.delete(oldest);
    this.grants.set(place, grant);
    try {
      return await grant;
    } catch (error) {
      if (this.grants.get(place) === grant) this.grants.delete(place);
      throw error;
    }
  }

  private isGood({ expiresAt, sessionId }: TokenIdentity): boolean {
    return expiresAt - Date.now() > MARGIN_MS && !this.revocations.isRevoked(sessionId);
  }
}
