import type { MeResponse, SessionResponse, TenantResponse, UserResponse } from '@parley/contracts';
import { decodeJwt } from 'jose';
import type { GoTrueSession, GoTrueUser } from './gotrue.dto';

export function toGoTrueUser(user: UserResponse, tenant?: TenantResponse): GoTrueUser {
  const { id, email, emailVerifiedAt, name, locale, createdAt: created_at, updatedAt: updated_at } = user;
  return {
    id,
    aud: 'authenticated',
    role: 'authenticated',
    email,
    phone: '',
    ...(emailVerifiedAt ? { email_confirmed_at: emailVerifiedAt, confirmed_at: emailVerifiedAt } : {}),
    app_metadata: {
      provider: user.authProvider,
      providers: [user.authProvider],
      platform_role: user.platformRole,
      ...(tenant ? { tenant_id: tenant.id, tenant_role: tenant.role } : {}),
    },
    user_metadata: {
      name,
      full_name: name,
      locale,
      email,
      email_verified: emailVerifiedAt !== null,
      sub: id,
    },
    identities: [
      {
        identity_id: id,
        id,
        user_id: id,
        identity_data: { sub: id, email, email_verified: emailVerifiedAt !== null },
        provider: 'email',
        email,
        created_at,
        updated_at,
      },
    ],
    created_at,
    updated_at,
    is_anonymous: false,
  };
}

export const fromMe = ({ user, tenant }: MeResponse): GoTrueUser => toGoTrueUser(user, tenant);

export function toGoTrueSession(session: SessionResponse): GoTrueSession {
  const { accessToken, refreshToken, expiresIn, deviceToken, user, tenant } = session;
  return {
    access_token: accessToken,
    token_type: 'bearer',
    expires_in: expiresIn,
    expires_at: decodeJwt(accessToken).exp ?? 0,
    refresh_token: refreshToken,
    ...(deviceToken ? { device_token: deviceToken } : {}),
    user: toGoTrueUser(user, tenant),
  };
}

/** An account whose address is not verified yet, as its maker may see it before signing in. */
export function toUnconfirmedUser(user: UserResponse): GoTrueUser {
  return { ...toGoTrueUser(user), confirmation_sent_at: user.createdAt };
}
