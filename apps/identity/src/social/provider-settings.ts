import type { SocialProviderName } from '@parley/contracts';
import type { IdentityConfig } from '../config';

/** Our client at one provider. */
export interface ClientSettings {
  clientId: string;
  clientSecret: string;
  timeoutMs: number;
}

export interface OidcSettings extends ClientSettings {
  issuer: string;
  /** Plain http: the sandbox only. */
  insecure: boolean;
}

export interface FacebookSettings extends ClientSettings {
  /** The identity's issuer; Facebook's own is not configurable. */
  issuer: string;
  dialogUrl: string;
  graphUrl: string;
  version: string;
}

export interface ProviderSettings {
  google?: OidcSettings;
  linkedin?: OidcSettings;
  facebook?: FacebookSettings;
}

const LOCAL_SANDBOX = 'http://127.0.0.1:4010';
const FACEBOOK = 'https://www.facebook.com';
const GRAPH = 'https://graph.facebook.com';

type Credentials = Pick<ClientSettings, 'clientId' | 'clientSecret'>;

/** The sandbox takes any client. */
const SANDBOX_CLIENT: Credentials = { clientId: 'parley', clientSecret: 'sandbox' };

/** Providers without credentials are played by the sandbox, in production only when told so, else absent. */
export function providerSettings(config: IdentityConfig): ProviderSettings {
  const sandbox =
    config.NODE_ENV === 'production' && !config.ALLOW_SANDBOX
      ? undefined
      : trimmed(config.SANDBOX_URL ?? LOCAL_SANDBOX);
  const timeoutMs = config.OAUTH_TIMEOUT_MS;
  const oidc = (own: Credentials | undefined, issuer: string, simulated: string): OidcSettings | undefined =>
    own
      ? { ...own, issuer: trimmed(issuer), timeoutMs, insecure: false }
      : sandbox === undefined
        ? undefined
        : { ...SANDBOX_CLIENT, issuer: sandbox + simulated, timeoutMs, insecure: true };
  const google = oidc(
    credentials('google', config.GOOGLE_CLIENT_ID, config.GOOGLE_CLIENT_SECRET),
    config.GOOGLE_ISSUER,
    '/google',
  );
  const linkedin = oidc(
    credentials('linkedin', config.LINKEDIN_CLIENT_ID, config.LINKEDIN_CLIENT_SECRET),
    config.LINKEDIN_ISSUER,
    '/linkedin/oauth',
  );
  const facebook = facebookSettings(config, sandbox);
  return { ...(google && { google }), ...(linkedin && { linkedin }), ...(facebook && { facebook }) };
}

function facebookSettings(config: IdentityConfig, sandbox: string | undefined): FacebookSettings | undefined {
  const own = credentials('facebook', config.FACEBOOK_APP_ID, config.FACEBOOK_APP_SECRET);
  if (!own && sandbox === undefined) return undefined;
  const played = own ? undefined : `${sandbox}/facebook`;
  const shown = played && `${trimmed(config.SANDBOX_PUBLIC_URL ?? sandbox ?? '')}/facebook`;
  const graphUrl = trimmed(config.FACEBOOK_GRAPH_URL ?? played ?? GRAPH);
  if (own && !graphUrl.startsWith('https:'))
    throw new Error('identity cannot start: FACEBOOK_GRAPH_URL must be https, the app secret goes there');
  return {
    ...(own ?? SANDBOX_CLIENT),
    issuer: played ?? FACEBOOK,
    dialogUrl: trimmed(config.FACEBOOK_DIALOG_URL ?? shown ?? FACEBOOK),
    graphUrl,
    version: config.FACEBOOK_GRAPH_VERSION,
    timeoutMs: config.OAUTH_TIMEOUT_MS,
  };
}

/** @throws Error when one half is set: nobody wants to find that out at the first sign-in */
function credentials(
  provider: SocialProviderName,
  clientId: string | undefined,
  clientSecret: string | undefined,
): Credentials | undefined {
  if (clientId && clientSecret) return { clientId, clientSecret };
  if (!clientId && !clientSecret) return undefined;
  throw new Error(`identity cannot start: ${provider} needs both its client id and its client secret`);
}

const trimmed = (url: string): string => url.replace(/\/+$/, '');
