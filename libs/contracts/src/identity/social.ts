import { Bool, Email, HttpUrl, Instant, ListOf, OneOf, Text } from '../fields';
import { defineOperation, Nothing } from '../rpc';
import { SessionResponse } from './session';

export const SOCIAL_PROVIDERS = ['google', 'linkedin', 'facebook'] as const;
export type SocialProviderName = (typeof SOCIAL_PROVIDERS)[number];

/** Asking a provider may take several calls, each with a bound of its own. */
export const SOCIAL_TIMEOUT_MS = 25_000;

const REDIRECT_HELP = 'A page of the frontend, exactly as configured (OAUTH_REDIRECT_URIS)';
const VERIFIER = /^[\w.~-]+$/;

export class SocialProviderPath {
  @OneOf(SOCIAL_PROVIDERS) provider: SocialProviderName;
}

export class SocialStartQuery {
  @HttpUrl({ description: REDIRECT_HELP }) redirectUri: string;
  @Bool({ optional: true, description: 'Link to the signed-in account instead of signing in' })
  link?: boolean;
  @Text({
    optional: true,
    min: 43,
    max: 43,
    pattern: /^[\w-]+$/,
    description: 'SHA-256 of a codeVerifier that only this frontend knows, base64url: the code needs it then',
  })
  codeChallenge?: string;
  @Bool({ optional: true, description: 'Facebook: ask again for an e-mail address that was declined' })
  rerequest?: boolean;
}

export class StartSocialRequest extends SocialStartQuery {
  @OneOf(SOCIAL_PROVIDERS) provider: SocialProviderName;
  @Text({ optional: true, max: 256, description: 'What this browser was given by an earlier start' })
  browserKey?: string;
}

export class AuthorizationUrlResponse {
  @HttpUrl({ description: 'Send the browser there' }) authorizationUrl: string;
}

export class StartSocialResponse extends AuthorizationUrlResponse {
  @Text({ max: 256, description: 'To be kept by this browser until it comes back' }) browserKey: string;
}

export class FinishSocialRequest {
  @OneOf(SOCIAL_PROVIDERS) provider: SocialProviderName;
  @Text({ min: 0, max: 8192, description: 'Query string that the provider sent the browser back with' })
  query: string;
  @Text({ optional: true, max: 256 }) browserKey?: string;
}

export class FinishSocialResponse {
  @HttpUrl({ description: 'The page of the frontend, with `code` or `error`' }) location: string;
}

export class SocialSignInRequest {
  @OneOf(SOCIAL_PROVIDERS) provider: SocialProviderName;
  @Text({ optional: true, max: 4096, description: "The callback's code, or the provider's own" })
  code?: string;
  @Text({ optional: true, max: 8192, description: 'Google, LinkedIn: an ID token for our client' })
  idToken?: string;
  @HttpUrl({ optional: true, description: `Needed with a code. ${REDIRECT_HELP}` }) redirectUri?: string;
  @Text({ optional: true, min: 43, max: 128, pattern: VERIFIER, description: 'PKCE' }) codeVerifier?: string;
  @Text({ optional: true, max: 255, description: 'The nonce the ID token must carry' }) nonce?: string;
}

export class LinkSocialAccountRequest {
  @OneOf(SOCIAL_PROVIDERS) provider: SocialProviderName;
  @Text({ max: 4096, description: 'From the callback of a start with `link=true`' }) code: string;
  @HttpUrl({ description: REDIRECT_HELP }) redirectUri: string;
  @Text({ optional: true, min: 43, max: 128, pattern: VERIFIER, description: 'PKCE' }) codeVerifier?: string;
}

export class SocialAccountResponse {
  @OneOf(SOCIAL_PROVIDERS) provider: SocialProviderName;
  @Email({ nullable: true, description: 'As the provider told it last; it may differ from the account' })
  email: string | null;
  @Instant() linkedAt: string;
  @Instant({ nullable: true, description: 'When somebody last signed in with it' }) lastUsedAt: string | null;
}

export class SocialAccountsResponse {
  @ListOf(() => SocialAccountResponse) data: SocialAccountResponse[];
  @Bool({ description: 'Whether the account also has a password of its own' }) hasPassword: boolean;
}

/** Begins a sign-in at a provider, or with `link` of a signed-in person the linking of one. */
export const startSocial = defineOperation({
  name: 'identity.social.start',
  service: 'identity',
  request: StartSocialRequest,
  response: StartSocialResponse,
  timeoutMs: SOCIAL_TIMEOUT_MS,
});

/** Takes what the provider sent back; the code in the answer is good for one exchange. */
export const finishSocial = defineOperation({
  name: 'identity.social.finish',
  service: 'identity',
  request: FinishSocialRequest,
  response: FinishSocialResponse,
  timeoutMs: SOCIAL_TIMEOUT_MS,
});

export const signInSocially = defineOperation({
  name: 'identity.social.sign-in',
  service: 'identity',
  request: SocialSignInRequest,
  response: SessionResponse,
  timeoutMs: SOCIAL_TIMEOUT_MS,
});

export const listSocialAccounts = defineOperation({
  name: 'identity.social-accounts.list',
  service: 'identity',
  request: Nothing,
  response: SocialAccountsResponse,
});

export const linkSocialAccount = defineOperation({
  name: 'identity.social-accounts.link',
  service: 'identity',
  request: LinkSocialAccountRequest,
  response: SocialAccountsResponse,
});

/** Refused when nothing would be left to sign in with. */
export const unlinkSocialAccount = defineOperation({
  name: 'identity.social-accounts.unlink',
  service: 'identity',
  request: SocialProviderPath,
  response: Nothing,
});
