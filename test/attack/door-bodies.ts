/**
 * Where a route's own example is for a reader and not for its rules: what makes it valid. `tryBodies` sees to it that
 * every body is.
 */
const FIELDS: Readonly<Record<string, unknown>> = {
  successUrl: 'http://localhost:5173/back',
  cancelUrl: 'http://localhost:5173/back',
  returnUrl: 'http://localhost:5173/back',
  secret: 'a-secret-of-24-characters-or-more',
  paymentMethodId: 'pm_attack',
  expiresAt: '2099-01-01T00:00:00.000Z',
  until: '2099-01-01T00:00:00.000Z',
  currency: 'USD',
  codeVerifier: 'v'.repeat(43),
  key: 'k'.repeat(32),
  openai: 'k'.repeat(32),
  elevenlabs: 'k'.repeat(32),
  accountSid: `AC${'a'.repeat(32)}`,
  account: 'payout@example.test',
  authorization: 'Basic attack',
  value: 'sk-ant-attack-0123456789',
};

/** Fields that exclude others of the example. */
const WITHOUT: Readonly<Record<string, readonly string[]>> = {
  '/v1/privacy/requests': ['subjectPhone'],
  '/v1/auth/step-up': ['password', 'recoveryCode', 'challengeToken', 'passkey'],
  '/v1/admin/users': ['company', 'timezone', 'country'],
  '/admin/create-account': ['company', 'timezone', 'country'],
  '/v1/billing/credit-purchases': ['credits'],
  '/billing/purchase': ['credits'],
  '/v1/admin/onboardings': ['agent'],
  '/admin/quick-onboard': ['agent'],
  '/v1/admin/checkout-links': ['email'],
  '/admin/stripe-link': ['email'],
};

/** Fields that must be so, beside or instead of the example's. */
const WITH: Readonly<Record<string, object>> = {
  '/v1/users/me/mfa/totp/confirm': { code: '123456' },
  '/v1/auth/step-up': { code: '123456' },
  '/v1/referrals/payout-requests': { method: { kind: 'paypal', account: 'payout@example.test' } },
  '/referral/request-payout': { method: { kind: 'paypal', account: 'payout@example.test' } },
};

const camel = (name: string): string =>
  name.replace(/_(\w)/g, (_all, letter: string) => letter.toUpperCase());

export function bodyOf(template: string, example: unknown): unknown {
  if (!isObject(example)) return example;
  const left = Object.entries(example).filter(([name]) => !WITHOUT[template]?.includes(camel(name)));
  return { ...(repaired(Object.fromEntries(left)) as object), ...WITH[template] };
}

function repaired(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(repaired);
  if (!isObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, each]) => {
      const better = typeof each === 'string' ? FIELDS[camel(name)] : undefined;
      return [name, better ?? repaired(each)];
    }),
  );
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
