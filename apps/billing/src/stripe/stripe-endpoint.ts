import type { BillingConfig } from '../config';

/** Where Stripe is reached. The SDK takes a host, not a URL, so a path in it would be lost. */
export interface StripeEndpoint {
  readonly apiKey: string;
  readonly host: string;
  readonly port: number;
  readonly protocol: 'http' | 'https';
}

const STRIPE = 'https://api.stripe.com';
const LOCAL_SANDBOX = 'http://127.0.0.1:4010';

type EndpointSettings = Pick<
  BillingConfig,
  'NODE_ENV' | 'STRIPE_SECRET_KEY' | 'STRIPE_API_URL' | 'SANDBOX_URL' | 'ALLOW_SANDBOX'
>;

/** @throws Error when production would sell at the sandbox unasked */
export function stripeEndpoint(config: EndpointSettings): StripeEndpoint {
  const { STRIPE_SECRET_KEY: apiKey } = config;
  if (apiKey) return { apiKey, ...placeOf(config.STRIPE_API_URL ?? STRIPE) };
  if (config.NODE_ENV === 'production' && !config.ALLOW_SANDBOX) {
    throw new Error(
      'billing cannot start: STRIPE_SECRET_KEY is not set, and production sells at the sandbox only with ALLOW_SANDBOX=true',
    );
  }
  return { apiKey: 'sandbox', ...placeOf(config.STRIPE_API_URL ?? config.SANDBOX_URL ?? LOCAL_SANDBOX) };
}

function placeOf(url: string): Omit<StripeEndpoint, 'apiKey'> {
  const { hostname: host, port, protocol, pathname } = new URL(url);
  if (pathname !== '/') throw new Error(`billing cannot start: STRIPE_API_URL must not have a path: ${url}`);
  const secure = protocol === 'https:';
  return { host, port: port ? Number(port) : secure ? 443 : 80, protocol: secure ? 'https' : 'http' };
}
