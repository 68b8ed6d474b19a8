import type { SocialProviderName } from '@parley/contracts';
import type { SocialProfile } from './social-profile';

/** What a flow carries from its start to its end; a provider without nonce or PKCE gets none. */
export interface FlowSecrets {
  nonce?: string;
  codeVerifier?: string;
}

export interface AuthorizationRequest extends FlowSecrets {
  redirectUri: string;
  state: string;
  /** Ask again for what was declined before. */
  rerequest: boolean;
}

/** What a provider sent a browser back with. */
export interface ProviderAnswer extends FlowSecrets {
  redirectUri: string;
  params: URLSearchParams;
  /** Undefined when the frontend ran the flow and has compared it itself. */
  state?: string;
}

/** One provider of sign-in. Every call to it has an end. */
export interface SocialProvider {
  readonly name: SocialProviderName;
  readonly issuer: string;
  /** Fresh secrets of the kinds this provider honours. */
  newSecrets(): FlowSecrets;
  /** @throws SocialProviderFailed, SocialProviderTimedOut */
  authorizationUrl(request: AuthorizationRequest): Promise<string>;
  /** @throws ConsentDenied, ProofRefused, SocialProviderFailed, SocialProviderTimedOut */
  exchange(answer: ProviderAnswer): Promise<SocialProfile>;
  /**
   * Who an ID token that a frontend got is about, and until when it is good.
   * @throws ProofRefused, SocialProviderFailed, SocialProviderTimedOut
   */
  readIdToken(idToken: string, nonce?: string): Promise<{ profile: SocialProfile; expiresAt: Date }>;
}
