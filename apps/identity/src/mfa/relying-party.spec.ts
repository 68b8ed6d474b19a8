import { relyingPartyOf } from './relying-party';

describe('the relying party of passkeys', () => {
  it('is the app, wherever that is', () => {
    const config = { WEBAUTHN_RP_ID: undefined, WEBAUTHN_ORIGINS: [] };
    expect(relyingPartyOf({ ...config, APP_URL: 'https://app.example.com:8443/start' })).toEqual({
      id: 'app.example.com',
      origins: ['https://app.example.com:8443'],
    });
    expect(relyingPartyOf({ ...config, APP_URL: undefined })).toEqual({
      id: 'localhost',
      origins: ['http://localhost:5173'],
    });
  });

  it('is what its settings say', () => {
    const origins = ['https://app.example.com', 'https://admin.example.com'];
    const config = { APP_URL: 'https://app.example.com', WEBAUTHN_RP_ID: 'example.com' };
    expect(relyingPartyOf({ ...config, WEBAUTHN_ORIGINS: origins })).toEqual({ id: 'example.com', origins });
  });
});
