import { IsTimeZone } from 'class-validator';
import { Email, Int, Nested, OneOf, Text } from '../fields';
import { defineOperation, Nothing } from '../rpc';
import { ACCESS_TOKEN_SECONDS } from './access-token';
import { TenantResponse, UserResponse } from './account';

/** Waiting for a turn at password hashing is allowed; it is slow on purpose. */
export const HASHING_TIMEOUT_MS = 15_000;

export const PASSWORD_HELP =
  '10 to 128 characters, at most 72 bytes in UTF-8, not a common password and not built from the name or e-mail address';

export const DEVICE_TOKEN_HELP =
  'Names a device that signed in before: what others guess elsewhere does not lock it out. Header X-Device-Token does the same';

export class RegisterRequest {
  @Email({ example: 'elise@plomberie-tremblay.ca' }) email: string;
  @Text({ min: 10, max: 128, description: PASSWORD_HELP, example: 'a long passphrase' }) password: string;
  @Text({ max: 200, example: 'Élise Tremblay' }) name: string;
  @Text({
    optional: true,
    max: 200,
    description: 'Name of the business; names the tenant',
    example: 'Plomberie Tremblay',
  })
  company?: string;
  @OneOf(['en', 'fr'], { optional: true, description: "The request's language by default" }) locale?:
    'en' | 'fr';
  /** Named zones only: PostgreSQL reads the sign of a bare offset the other way round. */
  @IsTimeZone()
  @Text({ optional: true, max: 64, pattern: /^[A-Za-z]/, example: 'America/Toronto' })
  timezone?: string;
  @Text({ optional: true, min: 2, max: 2, pattern: /^[A-Z]{2}$/, example: 'CA' }) country?: string;
  @Text({
    optional: true,
    max: 64,
    description: 'Code of whoever referred this business',
    example: 'FRIEND-1',
  })
  referralCode?: string;
}

export class LoginRequest {
  @Email({ example: 'owner@demohvac.com' }) email: string;
  @Text({ max: 1024, example: 'a long passphrase' }) password: string;
  @Text({
    optional: true,
    max: 64,
    description: 'Tenant to sign in to; the oldest membership by default',
    example: 'plomberie-tremblay',
  })
  tenantSlug?: string;
  @Text({ optional: true, max: 64, description: DEVICE_TOKEN_HELP, example: 'from-an-earlier-sign-in' })
  deviceToken?: string;
}

export class RefreshSessionRequest {
  @Text({ max: 256, example: 'from-the-last-answer' }) refreshToken: string;
}

export class SessionResponse {
  @Text({
    max: 4096,
    description: 'RS256; verify with /.well-known/jwks.json',
    example: 'header.payload.signature',
  })
  accessToken: string;
  @Text({ max: 256, description: 'Good for one use; every refresh gives a new one', example: 'for-one-use' })
  refreshToken: string;
  @Int({ description: 'Seconds the access token lives', example: ACCESS_TOKEN_SECONDS }) expiresIn: number;
  @OneOf(['Bearer']) tokenType: 'Bearer';
  @Text({
    optional: true,
    max: 64,
    description: 'At a sign-in from a device that was not known: keep it, and send it with later sign-ins',
    example: 'for-this-device',
  })
  deviceToken?: string;
  @Nested(() => UserResponse) user: UserResponse;
  @Nested(() => TenantResponse) tenant: TenantResponse;
}

export const REGISTRATION_STATUSES = ['verification_required', 'signed_in'] as const;

/** The account is made either way. Tokens come with it only where nobody has to verify their address first (C-07). */
export class RegisterResponse {
  @OneOf(REGISTRATION_STATUSES, {
    description:
      'verification_required: a link is on its way by mail, sign-in waits for it, and there are no tokens',
  })
  status: (typeof REGISTRATION_STATUSES)[number];
  @Nested(() => UserResponse) user: UserResponse;
  @Nested(() => TenantResponse) tenant: TenantResponse;
  @Text({ optional: true, max: 4096 }) accessToken?: string;
  @Text({ optional: true, max: 256 }) refreshToken?: string;
  @Int({ optional: true, description: 'Seconds the access token lives' }) expiresIn?: number;
  @OneOf(['Bearer'], { optional: true }) tokenType?: 'Bearer';
}

export const register = defineOperation({
  name: 'identity.account.register',
  service: 'identity',
  request: RegisterRequest,
  response: RegisterResponse,
  timeoutMs: HASHING_TIMEOUT_MS,
});

export const login = defineOperation({
  name: 'identity.session.login',
  service: 'identity',
  request: LoginRequest,
  response: SessionResponse,
  timeoutMs: HASHING_TIMEOUT_MS,
});

export const refreshSession = defineOperation({
  name: 'identity.session.refresh',
  service: 'identity',
  request: RefreshSessionRequest,
  response: SessionResponse,
});

/** Ends the caller's own session. */
export const logout = defineOperation({
  name: 'identity.session.logout',
  service: 'identity',
  request: Nothing,
  response: Nothing,
});
