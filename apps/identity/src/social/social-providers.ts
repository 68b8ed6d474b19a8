import { Inject, Injectable } from '@nestjs/common';
import type { SocialProviderName } from '@parley/contracts';
import { CONFIG } from '@parley/platform';
import type { IdentityConfig } from '../config';
import { FacebookProvider } from './facebook-provider';
import { OidcProvider } from './oidc-provider';
import { providerSettings } from './provider-settings';
import { googleTrust, linkedinTrust } from './social-profile';
import type { SocialProvider } from './social-provider';
import { ProviderNotConfigured } from './social.errors';

/** The providers this installation has a client at. */
@Injectable()
export class SocialProviders {
  private readonly known = new Map<SocialProviderName, SocialProvider>();

  constructor(@Inject(CONFIG) config: IdentityConfig) {
    const { google, linkedin, facebook } = providerSettings(config);
    if (google) {
      const flavour = { name: 'google', scope: 'openid email profile', pkce: true, nonce: true } as const;
      this.known.set('google', new OidcProvider({ ...flavour, trust: googleTrust }, google));
    }
    if (linkedin) {
      const flavour = { name: 'linkedin', scope: 'openid profile email', pkce: false, nonce: false } as const;
      this.known.set('linkedin', new OidcProvider({ ...flavour, trust: linkedinTrust }, linkedin));
    }
    if (facebook) this.known.set('facebook', new FacebookProvider(facebook));
    if (config.NODE_ENV === 'production' && this.known.size > 0 && !config.GATEWAY_URL)
      throw new Error('identity cannot start: GATEWAY_URL is not set, and providers would send nobody back');
  }

  /** @throws ProviderNotConfigured */
  get(name: SocialProviderName): SocialProvider {
    const provider = this.known.get(name);
    if (!provider) throw new ProviderNotConfigured(name);
    return provider;
  }
}
