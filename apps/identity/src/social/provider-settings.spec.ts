import { readConfig } from '@parley/platform';
import { type IdentityConfig, identityConfig } from '../config';
import { providerSettings } from './provider-settings';
import { RedirectUris } from './redirect-uris';
import { RedirectNotAllowed } from './social.errors';

const configOf = (env: Record<string, string> = {}): IdentityConfig =>
  readConfig('identity', identityConfig, {
    ENCRYPTION_KEY: Buffer.alloc(32, 1).toString('base64'),
    ...env,
  });

const CLIENT = { GOOGLE_CLIENT_ID: 'id', GOOGLE_CLIENT_SECRET: 'given' };

describe('which providers there are', () => {
  it('the sandbox plays whoever has no credentials in development', () => {
    const settings = providerSettings(configOf({ ...CLIENT, SANDBOX_URL: 'http://sandbox:4010/' }));
    expect(settings.google).toMatchObject({
      issuer: 'https://accounts.google.com',
      clientId: 'id',
      insecure: false,
    });
    expect(settings.linkedin).toMatchObject({
      issuer: 'http://sandbox:4010/linkedin/oauth',
      insecure: true,
    });
    expect(settings.facebook).toMatchObject({ graphUrl: 'http://sandbox:4010/facebook', version: 'v26.0' });
  });

  it('shows browsers the sandbox where they can find it', () => {
    const env = { SANDBOX_URL: 'http://sandbox:4010', SANDBOX_PUBLIC_URL: 'http://localhost:4010/' };
    expect(providerSettings(configOf(env)).facebook).toMatchObject({
      dialogUrl: 'http://localhost:4010/facebook',
      graphUrl: 'http://sandbox:4010/facebook',
    });
  });

  it('none in production without credentials, unless the sandbox is asked for', () => {
    const production = { NODE_ENV: 'production' };
    expect(providerSettings(configOf(production))).toEqual({});
    expect(Object.keys(providerSettings(configOf({ ...production, ...CLIENT })))).toEqual(['google']);
    const allowed = providerSettings(configOf({ ...production, ALLOW_SANDBOX: 'true' }));
    expect(Object.keys(allowed)).toEqual(['google', 'linkedin', 'facebook']);
  });

  it('half a client, or a secret over plain http, stops the start', () => {
    expect(() => providerSettings(configOf({ LINKEDIN_CLIENT_ID: 'id' }))).toThrow('linkedin needs both');
    const facebook = { FACEBOOK_APP_ID: 'id', FACEBOOK_APP_SECRET: 'given' };
    expect(providerSettings(configOf(facebook)).facebook).toMatchObject({
      dialogUrl: 'https://www.facebook.com',
      graphUrl: 'https://graph.facebook.com',
    });
    const plain = { ...facebook, FACEBOOK_GRAPH_URL: 'http://graph.example' };
    expect(() => providerSettings(configOf(plain))).toThrow('https');
  });
});

describe('pages that may get a code', () => {
  it('are those configured and the usual one, letter by letter', () => {
    const pages = new RedirectUris(
      configOf({
        APP_URL: 'https://app.example/',
        OAUTH_REDIRECT_URIS: 'https://a.example/x,http://b.example/',
      }),
    );
    for (const page of ['https://app.example/auth/callback', 'https://a.example/x', 'http://b.example/'])
      expect(pages.demand(page)).toBe(page);
    for (const page of ['https://a.example/x/', 'https://A.example/x', 'http://b.example', undefined])
      expect(() => pages.demand(page)).toThrow(RedirectNotAllowed);
  });

  it.each(['https://a.example/x?y=1', 'https://a.example/#x', 'a.example/x', 'javascript:alert(1)'])(
    'cannot be %s',
    (page) => {
      expect(() => new RedirectUris(configOf({ OAUTH_REDIRECT_URIS: page }))).toThrow('OAUTH_REDIRECT_URIS');
    },
  );

  it('take providers back to the gateway of the settings', () => {
    const pages = new RedirectUris(configOf({ GATEWAY_URL: 'https://api.example/' }));
    expect(pages.callbackOf('google')).toBe('https://api.example/v1/auth/oauth/google/callback');
  });
});
