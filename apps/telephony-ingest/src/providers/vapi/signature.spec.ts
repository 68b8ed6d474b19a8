import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { VapiHmacPlan } from '@parley/contracts';
import { freezeClock } from '@parley/testing';
import type { WebhookRequest } from '../../edge/webhook';
import { verifyVapi } from './signature';

interface Vector {
  name: string;
  plan: VapiHmacPlan;
  secretKey: string;
  raw_body: string;
  headers: Record<string, string>;
  expect_valid: boolean;
}

const { vectors } = JSON.parse(
  readFileSync(join(__dirname, '../../../test/fixtures/vapi-signatures.json'), 'utf8'),
) as { vectors: [Vector, ...Vector[]] };
const [sample] = vectors;
const SIGNED_AT = 1_772_550_245_123;

function verify(
  headers: Record<string, string>,
  plan?: VapiHmacPlan,
  secret = sample.secretKey,
  body?: string,
) {
  const request: WebhookRequest = {
    method: 'POST',
    path: '/v1/webhooks/vapi',
    headers,
    body: Buffer.from(body ?? sample.raw_body),
  };
  const secrets = [{ webhookSecret: secret }];
  return verifyVapi(request, { secrets, hmac: plan, publicUrl: 'https://hooks.example.test' });
}

describe('Vapi signatures', () => {
  let clock: ReturnType<typeof freezeClock>;
  beforeEach(() => (clock = freezeClock(new Date(SIGNED_AT + 1_000))));
  afterEach(() => clock.release());

  it.each(vectors.map((vector) => [vector.name, vector] as const))('HMAC: %s', (_name, vector) => {
    const scheme = verify(vector.headers, vector.plan, vector.secretKey, vector.raw_body);
    expect(scheme).toBe(vector.expect_valid ? 'hmac' : undefined);
  });

  it('has Vapi’s defaults where the plan says nothing', () => {
    expect(verify(sample.headers)).toBe('hmac');
  });

  it.each([
    [299_000, 'hmac'],
    [301_000, undefined],
    [-301_000, undefined],
  ])('refuses a signature that is %i ms old: %s', (age, expected) => {
    clock.set(new Date(SIGNED_AT + age));
    expect(verify(sample.headers)).toBe(expected);
  });

  it('accepts the shared secret and a bearer token', () => {
    expect(verify({ 'x-vapi-secret': sample.secretKey })).toBe('x-vapi-secret');
    expect(verify({ authorization: `Bearer ${sample.secretKey}` })).toBe('bearer');
  });

  it('refuses wrong, empty and missing secrets', () => {
    expect(verify({ 'x-vapi-secret': `${sample.secretKey}x` })).toBeUndefined();
    expect(verify({ 'x-vapi-secret': '' })).toBeUndefined();
    expect(verify({ authorization: 'Bearer ' }, undefined, '')).toBeUndefined();
    expect(verify({})).toBeUndefined();
  });
});
