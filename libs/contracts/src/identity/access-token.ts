import type { ImpersonationMode, Locale, MfaStanding, Role } from '../context';

/** Whom access tokens are for; verifiers demand it. */
export const ACCESS_TOKEN_AUDIENCE = 'parley';

/** The only algorithm a verifier may accept. */
export const ACCESS_TOKEN_ALGORITHM = 'RS256';

/** `typ` header of access tokens (RFC 9068), so that no other token of ours passes for one. */
export const ACCESS_TOKEN_TYPE = 'at+jwt';

/** Lifetime in seconds (BR-001). */
export const ACCESS_TOKEN_SECONDS = 3600;

/** `iss` unless JWT_ISSUER says otherwise. */
export const DEFAULT_JWT_ISSUER = 'parley';

/** How somebody proved who they are: words of RFC 8176 where it has one; `mail` is a link sent to the address. */
export const AUTH_METHODS = ['pwd', 'social', 'mail', 'otp', 'webauthn', 'recovery'] as const;
export type AuthMethod = (typeof AUTH_METHODS)[number];

/** Methods that a thief of the password does not have. */
export const SECOND_FACTORS: readonly AuthMethod[] = ['otp', 'webauthn', 'recovery'];

/** What an access token says beside `iss`, `aud`, `iat` and `exp`. */
export interface AccessTokenClaims {
  /** User id. */
  sub: string;
  /** Session id: the same through all refreshes, named by `identity.session.revoked.v1`. */
  sid: string;
  /** The one active tenant (C-06). */
  tid: string;
  roles: Role[];
  locale: Locale;
  /**
   * When the holder last proved who they are, in seconds since the epoch; refreshing proves nothing. Absent where the
   * holder is not the person the token speaks for.
   */
  auth_time?: number;
  /** Every way they did so in this session. */
  amr?: AuthMethod[];
  mfa?: MfaStanding;
  /** The super admin acting as `sub`; with `iid` and `imode`, and never with `super_admin` among the roles. */
  imp?: string;
  /** Impersonation id. */
  iid?: string;
  imode?: ImpersonationMode;
}
