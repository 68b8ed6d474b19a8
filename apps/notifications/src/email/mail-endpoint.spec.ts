import { mailEndpoint } from './mail-endpoint';

const settings = {
  NODE_ENV: 'development' as const,
  RESEND_API_KEY: undefined,
  RESEND_BASE_URL: undefined,
  SANDBOX_URL: 'http://sandbox:4010/',
  ALLOW_SANDBOX: false,
};

describe('where mail goes', () => {
  it('is the sandbox without a key', () => {
    expect(mailEndpoint(settings).baseUrl).toBe('http://sandbox:4010/resend');
  });

  it('is Resend with a key', () => {
    expect(mailEndpoint({ ...settings, RESEND_API_KEY: 'given' })).toEqual({
      apiKey: 'given',
      baseUrl: 'https://api.resend.com',
    });
  });

  it('is never the sandbox in production unasked', () => {
    const production = { ...settings, NODE_ENV: 'production' as const };
    expect(() => mailEndpoint(production)).toThrow(/RESEND_API_KEY/);
    expect(mailEndpoint({ ...production, ALLOW_SANDBOX: true }).baseUrl).toContain('/resend');
  });
});
