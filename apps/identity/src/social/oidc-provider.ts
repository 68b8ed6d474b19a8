import { createRemoteJWKSet, jwtVerify, type JWTVerifyGetKey } from 'jose';
import {
  allowInsecureRequests,
  authorizationCodeGrant,
  buildAuthorizationUrl,
  calculatePKCECodeChallenge,
  ClientSecretPost,
  clockTolerance,
  type Configuration,
  discovery,
  enableNonRepudiationChecks,
  fetchUserInfo,
  randomNonce,
  randomPKCECodeVerifier,
  skipStateCheck,
} from 'openid-client';
import { refusalIn, refusalOf } from './provider-errors';
import type { OidcSettings } from './provider-settings';
import { emailOf, type EmailTrust, nameOf, type ProfileClaims, type SocialProfile } from './social-profile';
import type { AuthorizationRequest, FlowSecrets, ProviderAnswer, SocialProvider } from './social-provider';
import { ProofRefused } from './social.errors';

/** How one provider differs from the standard. */
export interface OidcFlavour {
  name: 'google' | 'linkedin';
  scope: string;
  /** LinkedIn breaks the exchange when it is sent, unless it enabled the client for it. */
  pkce: boolean;
  /** LinkedIn does not echo it. */
  nonce: boolean;
  trust(claims: ProfileClaims): EmailTrust;
}

interface Discovered {
  config: Configuration;
  keys: JWTVerifyGetKey;
}

/** Providers move their endpoints and say so there. */
const DISCOVERY_MS = 3_600_000;
const CLOCK_TOLERANCE_SECONDS = 10;
const ALGORITHMS = ['RS256'];

/** OpenID Connect with the ID token's signature checked, which the library leaves out of the code flow by default. */
export class OidcProvider implements SocialProvider {
  private discovered: { made: Promise<Discovered>; until: number } | undefined;

  constructor(
    private readonly flavour: OidcFlavour,
    private readonly settings: OidcSettings,
  ) {}

  get name(): OidcFlavour['name'] {
    return this.flavour.name;
  }

  get issuer(): string {
    return this.settings.issuer;
  }

  newSecrets(): FlowSecrets {
    return {
      ...(this.flavour.nonce ? { nonce: randomNonce() } : {}),
      ...(this.flavour.pkce ? { codeVerifier: randomPKCECodeVerifier() } : {}),
    };
  }

  async authorizationUrl({ redirectUri, state, nonce, codeVerifier }: AuthorizationRequest): Promise<string> {
    const { config } = await this.asking(() => this.discover());
    return buildAuthorizationUrl(config, {
      redirect_uri: redirectUri,
      scope: this.flavour.scope,
      state,
      ...(nonce ? { nonce } : {}),
      ...(codeVerifier
        ? {
            code_challenge: await calculatePKCECodeChallenge(codeVerifier),
            code_challenge_method: 'S256',
          }
        : {}),
    }).href;
  }

  async exchange(answer: ProviderAnswer): Promise<SocialProfile> {
    const { redirectUri, params, state, nonce, codeVerifier } = answer;
    const refusal = refusalIn(params);
    if (refusal) throw refusal;
    return this.asking(async () => {
      const { config } = await this.discover();
      const url = new URL(redirectUri);
      url.search = params.toString();
      // A frontend that ran the flow itself hands on the code alone.
      if (state === undefined) url.searchParams.set('iss', config.serverMetadata().issuer);
      const tokens = await authorizationCodeGrant(config, url, {
        expectedState: state ?? skipStateCheck,
        idTokenExpected: true,
        ...(nonce && this.flavour.nonce ? { expectedNonce: nonce } : {}),
        ...(codeVerifier ? { pkceCodeVerifier: codeVerifier } : {}),
      });
      const claims = tokens.claims();
      if (!claims) throw new ProofRefused('no ID token');
      const full =
        claims['email'] === undefined
          ? { ...claims, ...(await fetchUserInfo(config, tokens.access_token, claims.sub)) }
          : claims;
      return this.toProfile(full);
    });
  }

  async readIdToken(idToken: string, nonce?: string): Promise<{ profile: SocialProfile; expiresAt: Date }> {
    return this.asking(async () => {
      const { config, keys } = await this.discover();
      const { payload } = await jwtVerify(idToken, keys, {
        issuer: config.serverMetadata().issuer,
        audience: this.settings.clientId,
        algorithms: ALGORITHMS,
        clockTolerance: CLOCK_TOLERANCE_SECONDS,
        requiredClaims: ['sub', 'iat', 'exp'],
      });
      const expected = this.flavour.nonce ? nonce : undefined;
      if (payload['nonce'] !== expected) throw new ProofRefused('nonce');
      const { sub = '', exp = 0 } = payload;
      return { profile: this.toProfile({ ...payload, sub }), expiresAt: new Date(exp * 1000) };
    });
  }

  private toProfile(claims: ProfileClaims): SocialProfile {
    const email = emailOf(claims.email);
    return {
      provider: this.name,
      issuer: this.issuer,
      subject: claims.sub,
      email,
      emailTrust: email === null ? 'none' : this.flavour.trust(claims),
      name: nameOf(claims.name),
    };
  }

  /** Asked at first need, so that no provider can keep this service from starting; failures are not kept. */
  private discover(): Promise<Discovered> {
    if (this.discovered && this.discovered.until > Date.now()) return this.discovered.made;
    const entry = { made: this.discoverNow(), until: Date.now() + DISCOVERY_MS };
    this.discovered = entry;
    entry.made.catch(() => {
      if (this.discovered === entry) this.discovered = undefined;
    });
    return entry.made;
  }

  private async discoverNow(): Promise<Discovered> {
    const { issuer, clientId, clientSecret, timeoutMs, insecure } = this.settings;
    const config = await discovery(
      new URL(issuer),
      clientId,
      { [clockTolerance]: CLOCK_TOLERANCE_SECONDS, id_token_signed_response_alg: 'RS256' },
      ClientSecretPost(clientSecret),
      {
        timeout: timeoutMs / 1000,
        execute: [enableNonRepudiationChecks, ...(insecure ? [allowInsecureRequests] : [])],
      },
    );
    const { jwks_uri: keysUrl } = config.serverMetadata();
    if (!keysUrl) throw new Error(`${this.name} publishes no keys`);
    return { config, keys: createRemoteJWKSet(new URL(keysUrl), { timeoutDuration: timeoutMs }) };
  }

  private async asking<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      throw error instanceof ProofRefused ? error : refusalOf(this.name, error);
    }
  }
}
