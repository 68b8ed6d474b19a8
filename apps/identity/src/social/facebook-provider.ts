import { createHmac } from 'node:crypto';
import { refusalIn, refusalOf } from './provider-errors';
import type { FacebookSettings } from './provider-settings';
import { emailOf, nameOf, type SocialProfile } from './social-profile';
import type { AuthorizationRequest, FlowSecrets, ProviderAnswer, SocialProvider } from './social-provider';
import { ProofRefused, SocialProviderFailed } from './social.errors';

type Facts = Record<string, unknown>;

/** Graph's errors that are about what was presented: a used or foreign code, a dead token. */
const BAD_PROOF_CODES = new Set([100, 190]);

/** Proves to Graph that the token is used by the app it was made for. */
export const appSecretProof = (accessToken: string, appSecret: string): string =>
  createHmac('sha256', appSecret).update(accessToken).digest('hex');

/**
 * Plain OAuth 2: no ID token, so no nonce, and PKCE is ignored. The token is shown to be ours by `debug_token`, and the
 * address counts for nothing, as Facebook does not say whether it was ever verified.
 */
export class FacebookProvider implements SocialProvider {
  readonly name = 'facebook';

  constructor(private readonly settings: FacebookSettings) {}

  get issuer(): string {
    return this.settings.issuer;
  }

  newSecrets(): FlowSecrets {
    return {};
  }

  async authorizationUrl({ redirectUri, state, rerequest }: AuthorizationRequest): Promise<string> {
    const { dialogUrl, version, clientId } = this.settings;
    const url = new URL(`${dialogUrl}/${version}/dialog/oauth`);
    url.search = new URLSearchParams({
      client_id: clientId,
      redirect_uri: redirectUri,
      response_type: 'code',
      state,
      scope: 'email,public_profile',
      ...(rerequest ? { auth_type: 'rerequest' } : {}),
    }).toString();
    return url.href;
  }

  async exchange({ redirectUri, params, state }: ProviderAnswer): Promise<SocialProfile> {
    const refusal = refusalIn(params);
    if (refusal) throw refusal;
    const code = params.get('code');
    if (!code || (state !== undefined && params.get('state') !== state)) throw new ProofRefused('no code');
    const accessToken = await this.tokenFor(code, redirectUri);
    const { clientId, clientSecret } = this.settings;
    const { data } = await this.graph('debug_token', {
      input_token: accessToken,
      access_token: `${clientId}|${clientSecret}`,
    });
    const { app_id: appId, is_valid: isValid, user_id: userId } = (data ?? {}) as Facts;
    if (appId !== clientId || isValid !== true) throw new ProofRefused('token of another app');
    const me = await this.graph('me', {
      fields: 'id,name,email',
      access_token: accessToken,
      appsecret_proof: appSecretProof(accessToken, clientSecret),
    });
    const { id } = me;
    if (typeof id !== 'string' || id === '' || id !== userId) throw new ProofRefused('another person');
    return {
      provider: this.name,
      issuer: this.issuer,
      subject: id,
      email: emailOf(me['email']),
      emailTrust: 'none',
      name: nameOf(me['name']),
    };
  }

  /** Facebook's own ID tokens ("limited login") are not taken. */
  readIdToken(): Promise<never> {
    return Promise.reject(new ProofRefused('no ID tokens'));
  }

  private async tokenFor(code: string, redirectUri: string): Promise<string> {
    const { clientId, clientSecret } = this.settings;
    const { access_token: accessToken } = await this.graph('oauth/access_token', {
      client_id: clientId,
      client_secret: clientSecret,
      redirect_uri: redirectUri,
      code,
    });
    if (typeof accessToken === 'string' && accessToken !== '') return accessToken;
    throw new SocialProviderFailed(this.name, new Error('no access token in the answer'));
  }

  /** The exchange is posted, as its secrets have no place in a query; Graph's questions are read. */
  private async graph(path: string, fields: Record<string, string>): Promise<Facts> {
    const { graphUrl, version, timeoutMs } = this.settings;
    const url = `${graphUrl}/${version}/${path}`;
    const sent = new URLSearchParams(fields);
    const bounds = { redirect: 'error', signal: AbortSignal.timeout(timeoutMs) } as const;
    try {
      const response = await (path === 'oauth/access_token'
        ? fetch(url, { ...bounds, method: 'POST', body: sent })
        : fetch(`${url}?${sent.toString()}`, bounds));
      const answer = (await response.json()) as Facts | null;
      if (response.ok && answer) return answer;
      const { code, type } = (answer?.['error'] ?? {}) as Facts;
      if (response.status < 500 && BAD_PROOF_CODES.has(Number(code))) throw new ProofRefused(String(type));
      throw new Error(`Graph answered ${response.status}, code ${String(code)}`);
    } catch (error) {
      throw error instanceof ProofRefused ? error : refusalOf(this.name, error);
    }
  }
}
