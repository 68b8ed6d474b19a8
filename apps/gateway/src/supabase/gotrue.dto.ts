import { Bool, Email, Instant, Int, Json, ListOf, Nested, OneOf, Text, Uuid } from '@parley/contracts';

/** GoTrue's words for our accounts, snake_case as its clients read them. */
export class GoTrueIdentity {
  @Uuid() identity_id: string;
  @Uuid() id: string;
  @Uuid() user_id: string;
  @Json({ example: { sub: '0193f3a0-7b6e-7c3a-9f00-3f6f5b8c0021', email: 'owner@demohvac.com' } })
  identity_data: Record<string, unknown>;
  @OneOf(['email']) provider: 'email';
  @Email({ example: 'owner@demohvac.com' }) email: string;
  @Instant() created_at: string;
  @Instant() updated_at: string;
}

export class GoTrueUser {
  @Uuid() id: string;
  @OneOf(['authenticated']) aud: 'authenticated';
  @OneOf(['authenticated']) role: 'authenticated';
  @Email({ example: 'owner@demohvac.com' }) email: string;
  @Text({ min: 0, example: '' }) phone: string;
  @Instant({ optional: true }) email_confirmed_at?: string;
  @Instant({ optional: true }) confirmed_at?: string;
  @Instant({ optional: true, description: 'Where sign-in waits for the mailed link' })
  confirmation_sent_at?: string;
  @Json({ example: { provider: 'email', providers: ['email'] } }) app_metadata: Record<string, unknown>;
  @Json({ example: { name: 'Élise Tremblay', locale: 'fr' } }) user_metadata: Record<string, unknown>;
  @ListOf(() => GoTrueIdentity) identities: GoTrueIdentity[];
  @Instant() created_at: string;
  @Instant() updated_at: string;
  @Bool() is_anonymous: boolean;
}

export class GoTrueSession {
  @Text({ max: 4096, description: 'RS256; the same as of /v1/auth/login', example: 'eyJhbGciOiJSUzI1NiJ9…' })
  access_token: string;
  @OneOf(['bearer']) token_type: 'bearer';
  @Int({ description: 'Seconds', example: 3600 }) expires_in: number;
  @Int({ description: 'Seconds since the epoch', example: 1_795_183_500 }) expires_at: number;
  @Text({ max: 256, example: 'rt_…' }) refresh_token: string;
  @Text({
    optional: true,
    max: 64,
    description: 'Ours: for header X-Device-Token of later sign-ins',
    example: 'dt_…',
  })
  device_token?: string;
  @Nested(() => GoTrueUser) user: GoTrueUser;
}

export class GoTrueSettings {
  @Json({ example: { email: true, phone: false } }) external: Record<string, boolean>;
  @Bool() disable_signup: boolean;
  @Bool({ description: 'Whether people sign in before they follow the mailed link' })
  mailer_autoconfirm: boolean;
  @Bool() phone_autoconfirm: boolean;
  @Text({ min: 0, example: '' }) sms_provider: string;
  @Bool() saml_enabled: boolean;
}

export class GoTrueHealth {
  @Text({ example: '0.1.0' }) version: string;
  @Text({ example: 'Parley' }) name: string;
  @Text({ example: 'Sign-in for clients of Supabase' }) description: string;
}

export class GoTrueNothing {}
