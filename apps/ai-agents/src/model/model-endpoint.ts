import type { AgentsConfig } from '../config';

export interface ModelEndpoint {
  apiKey: string;
  baseURL: string;
  /** Whether the sandbox answers instead of the provider. */
  simulated: boolean;
}

const ANTHROPIC = 'https://api.anthropic.com';
const LOCAL_SANDBOX = 'http://127.0.0.1:4010';

type EndpointSettings = Pick<
  AgentsConfig,
  'NODE_ENV' | 'ANTHROPIC_API_KEY' | 'ANTHROPIC_BASE_URL' | 'SANDBOX_URL' | 'ALLOW_SANDBOX'
>;

/** @throws Error when production would answer from the sandbox unasked */
export function modelEndpoint(config: EndpointSettings): ModelEndpoint {
  const { ANTHROPIC_API_KEY: apiKey, ANTHROPIC_BASE_URL: baseURL = ANTHROPIC } = config;
  if (apiKey) return { apiKey, baseURL, simulated: false };
  if (config.NODE_ENV === 'production' && !config.ALLOW_SANDBOX) {
    throw new Error(
      'ai-agents cannot start: ANTHROPIC_API_KEY is not set, and production answers from the sandbox only with ALLOW_SANDBOX=true',
    );
  }
  const sandbox = (config.SANDBOX_URL ?? LOCAL_SANDBOX).replace(/\/+$/, '');
  return { apiKey: 'sandbox', baseURL: `${sandbox}/anthropic`, simulated: true };
}
