import { APIError } from '@anthropic-ai/sdk';
import { toModelFailure } from './anthropic-failure';
import { modelEndpoint } from './model-endpoint';
import { resolveModel } from './model-names';

const settings = {
  NODE_ENV: 'development' as const,
  ANTHROPIC_API_KEY: undefined,
  ANTHROPIC_BASE_URL: undefined,
  SANDBOX_URL: undefined,
  ALLOW_SANDBOX: false,
};

describe('where the model is', () => {
  it('is the provider when there is a key', () => {
    expect(modelEndpoint({ ...settings, NODE_ENV: 'production', ANTHROPIC_API_KEY: 'k' })).toEqual({
      apiKey: 'k',
      baseURL: 'https://api.anthropic.com',
      simulated: false,
    });
  });

  it('is the sandbox in development without a key', () => {
    expect(modelEndpoint({ ...settings, SANDBOX_URL: 'http://sandbox:4010/' })).toMatchObject({
      baseURL: 'http://sandbox:4010/anthropic',
      simulated: true,
    });
  });

  it('is nowhere in production without a key, unless the sandbox is allowed', () => {
    const production = { ...settings, NODE_ENV: 'production' as const };
    expect(() => modelEndpoint(production)).toThrow(/ANTHROPIC_API_KEY/);
    expect(modelEndpoint({ ...production, ALLOW_SANDBOX: true }).simulated).toBe(true);
  });
});

describe('model names', () => {
  const aliases = ['claude-3-opus=claude-opus-5-5'];

  it('knows the names of the designs', () => {
    expect(resolveModel('Claude 3 Opus', aliases)).toBe('claude-opus-5-5');
  });

  it('leaves ids as they are and has a default', () => {
    expect(resolveModel('claude-haiku-5-5', aliases)).toBe('claude-haiku-5-5');
    expect(resolveModel(undefined, aliases)).toBe('claude-sonnet-5-5');
  });

  it('refuses a malformed alias', () => {
    expect(() => resolveModel(undefined, ['claude-3-opus'])).toThrow(/name=id/);
  });
});

describe('failures of the provider', () => {
  it('goes by the type of an error event, which has no status', () => {
    const error = new APIError(undefined, { type: 'error' }, undefined, undefined, 'overloaded_error');
    expect(toModelFailure(error, true)).toMatchObject({
      code: 'PROVIDER_ERROR',
      errorType: 'overloaded_error',
      rejected: false,
    });
  });

  it('knows that a rejected request used nothing', () => {
    const error = APIError.generate(529, undefined, 'overloaded', new Headers());
    expect(toModelFailure(error, false)).toMatchObject({ errorType: 'status_529', rejected: true });
  });
});
