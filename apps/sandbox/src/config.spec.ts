import { readSandboxSettings } from './config';

describe('sandbox settings', () => {
  it('names every fault at once', () => {
    const read = (): unknown => readSandboxSettings({ SANDBOX_PORT: 'x', SANDBOX_VAPI_AUTH_MODE: 'none' });
    expect(read).toThrow(
      /SANDBOX_PORT[\s\S]*SANDBOX_VAPI_AUTH_MODE|SANDBOX_VAPI_AUTH_MODE[\s\S]*SANDBOX_PORT/,
    );
  });

  it('makes the secrets that were not given and says which', () => {
    const settings = readSandboxSettings({ TWILIO_AUTH_TOKEN: 'given' });
    expect(settings).toMatchObject({ port: 4010, host: '127.0.0.1', twilioAuthToken: 'given' });
    expect(settings.generated).toEqual({
      STRIPE_WEBHOOK_SECRET: settings.stripeWebhookSecret,
      VAPI_WEBHOOK_SECRET: settings.vapiSecret,
    });
    expect(settings.vapiSecret).toMatch(/^[0-9a-f]{48}$/);
  });
});
