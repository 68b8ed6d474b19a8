import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { WebhookRequest } from '../../edge/webhook';
import { readTwilioForm } from './form';
import { verifyTwilio } from './signature';

interface Vector {
  name: string;
  auth_token: string;
  url: string;
  raw_body: string | null;
  header: string;
  expect_valid: boolean;
}

/** Made with Twilio's own SDK. */
const vectors = JSON.parse(
  readFileSync(join(__dirname, '../../../test/fixtures/twilio-signatures.json'), 'utf8'),
) as { form: Vector[]; json_body: Vector[] };

function verify(vector: Vector, contentType: string, tokens = [vector.auth_token]): boolean {
  const [, publicUrl = '', path = ''] = /^([a-z]+:\/\/[^/]+)(.*)$/.exec(vector.url) ?? [];
  const request: WebhookRequest = {
    method: 'POST',
    path,
    headers: { 'content-type': contentType, 'x-twilio-signature': vector.header },
    body: Buffer.from(vector.raw_body ?? ''),
  };
  const secrets = tokens.map((authToken) => ({ authToken }));
  return verifyTwilio(request, readTwilioForm(request), { secrets, hmac: undefined, publicUrl });
}

describe('Twilio signatures', () => {
  it.each(vectors.form.map((vector) => [vector.name, vector] as const))('form: %s', (_name, vector) => {
    expect(verify(vector, 'application/x-www-form-urlencoded')).toBe(vector.expect_valid);
  });

  it.each(vectors.json_body.map((vector) => [vector.name, vector] as const))('JSON: %s', (_name, vector) => {
    expect(verify(vector, 'application/json')).toBe(vector.expect_valid);
  });

  it('accepts the token before a rotation after the current one', () => {
    const [vector] = vectors.form;
    expect(
      vector && verify(vector, 'application/x-www-form-urlencoded', ['another', vector.auth_token]),
    ).toBe(true);
  });
});
