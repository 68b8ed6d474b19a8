import { Inject, Injectable } from '@nestjs/common';
import {
  ACCESS_TOKEN_ALGORITHM,
  ACCESS_TOKEN_AUDIENCE,
  ACCESS_TOKEN_TYPE,
  getJwks,
  type ImpersonationMode,
  type Locale,
  type MfaStanding,
  type Role,
  runAs,
  SECOND_FACTORS,
  systemCaller,
  Unauthenticated,
} from '@parley/contracts';
import { RpcClient } from '@parley/messaging';
import { CONFIG } from '@parley/platform';
import { createLocalJWKSet, errors, type JSONWebKeySet, jwtVerify } from 'jose';
import type { GatewayConfig } from '../config';
import { Revocations } from './revocations';

export class SessionEnded extends Unauthenticated {
  constructor() {
    super('The session has ended');
  }
}

/** Who a valid access token speaks for. */
export interface TokenIdentity {
  readonly userId: string;
  readonly tenantId: string;
  readonly sessionId: string;
  readonly roles: Role[];
  readonly locale: Locale;
  /** With the grant it acts under and what that allows, when a super admin acts as the person. */
  readonly impersonatorId?: string;
  readonly impersonationId?: string;
  readonly impersonationMode?: ImpersonationMode;
  /** ISO instant of the last proof with every factor the person has. */
  readonly authenticatedAt?: string;
  readonly mfa?: MfaStanding;
  /** Milliseconds since the epoch. */
  readonly expiresAt: number;
}

/** Verified tokens remembered until they expire: one signature check per token, not per request. */
const MAX_REMEMBERED = 10_000;
const KEYS_FRESH_MS = 300_000;
/** Tokens with an unknown key id make us ask identity, but not more often than this. */
const KEYS_RETRY_MS = 5_000;

/** Checks access tokens locally against identity's public keys (RS256 only). */
@Injectable()
export class TokenVerifier {
  private readonly remembered = new Map<string, TokenIdentity>();
  private keys: ReturnType<typeof createLocalJWKSet> | undefined;
  private keysAt = 0;

  constructor(
    @Inject(RpcClient) private readonly rpc: RpcClient,
    @Inject(Revocations) private readonly revocations: Revocations,
    @Inject(CONFIG) private readonly config: GatewayConfig,
  ) {}

  /** @throws Unauthenticated TOKEN_EXPIRED or INVALID_TOKEN, Unavailable while it is unknown which sessions ended */
  async verify(token: string): Promise<TokenIdentity> {
    if (!this.revocations.isCurrent) await this.revocations.untilCurrent();
    const identity = this.remembered.get(token) ?? (await this.check(token));
    if (identity.expiresAt <= Date.now()) {
      this.remembered.delete(token);
      throw new Unauthenticated('The access token has expired', 'TOKEN_EXPIRED');
    }
    if (this.revocations.isRevoked(identity.sessionId)) {
      throw new SessionEnded();
    }
    return identity;
  }

  private async check(token: string): Promise<TokenIdentity> {
    const identity = await this.verifySignature(token, false);
    if (this.remembered.size >= MAX_REMEMBERED) {
      const oldest = this.remembered.keys().next().value;
      if (oldest !== undefined) this.remembered.delete(oldest);
    }
    this.remembered.set(token, identity);
    return identity;
  }

  private async verifySignature(token: string, retried: boolean): Promise<TokenIdentity> {
    try {
      const { payload } = await jwtVerify(token, await this.publicKeys(retried), {
        algorithms: [ACCESS_TOKEN_ALGORITHM],
        typ: ACCESS_TOKEN_TYPE,
        issuer: this.config.JWT_ISSUER,
        audience: ACCESS_TOKEN_AUDIENCE,
        requiredClaims: ['sub', 'exp', 'sid', 'tid'],
      });
      return toIdentity(payload);
    } catch (error) {
      if (error instanceof errors.JWTExpired) {
        throw new Unauthenticated('The access token has expired', 'TOKEN_EXPIRED');
      }
      const unknownKey = error instanceof errors.JWKSNoMatchingKey;
      if (unknownKey && !retried && Date.now() - this.keysAt > KEYS_RETRY_MS) {
        return this.verifySignature(token, true);
      }
      if (error instanceof errors.JOSEError) throw new Unauthenticated('The access token is not valid');
      throw error;
    }
  }

  private async publicKeys(anew: boolean): Promise<ReturnType<typeof createLocalJWKSet>> {
    if (!this.keys || anew || Date.now() - this.keysAt > KEYS_FRESH_MS) {
      const answer = await runAs(systemCaller('jwks'), () => this.rpc.call(getJwks, {}));
      this.keys = createLocalJWKSet(answer as unknown as JSONWebKeySet);
      this.keysAt = Date.now();
    }
    return this.keys;
  }
}

function toIdentity(claims: Record<string, unknown>): TokenIdentity {
  return {
    userId: String(claims['sub']),
    tenantId: String(claims['tid']),
    sessionId: String(claims['sid']),
    roles: Array.isArray(claims['roles']) ? (claims['roles'] as Role[]) : [],
    locale: claims['locale'] === 'fr' ? 'fr' : 'en',
    expiresAt: Number(claims['exp']) * 1000,
    ...impersonationIn(claims),
    ...proofOf(claims),
  };
}

function proofOf(claims: Record<string, unknown>): Pick<TokenIdentity, 'authenticatedAt' | 'mfa'> {
  const { auth_time: time, amr, mfa } = claims;
  const methods: readonly unknown[] = Array.isArray(amr) ? amr : [];
  const whole = mfa !== 'enrolled' || SECOND_FACTORS.some((method) => methods.includes(method));
  return {
    ...(typeof time === 'number' && whole ? { authenticatedAt: new Date(time * 1000).toISOString() } : {}),
    ...(mfa === 'enrolled' || mfa === 'due' ? { mfa } : {}),
  };
}

/** Half an impersonation is none that could be held to its limits: such a token is not valid. */
function impersonationIn(claims: Record<string, unknown>): Partial<TokenIdentity> {
  const { imp, iid, imode } = claims;
  if (imp === undefined && iid === undefined && imode === undefined) return {};
  if (typeof imp !== 'string' || typeof iid !== 'string' || (imode !== 'read' && imode !== 'write')) {
    throw new Unauthenticated('The access token is not valid');
  }
  return { impersonatorId: imp, impersonationId: iid, impersonationMode: imode };
}
