import { createHmac } from 'node:crypto';
import { secretsEqual } from '../secrets';

/** Design 002's signature: HMAC-SHA256 of the JSON body without its `signature` field, keys in the order sent. */
export function n8nSignature(secret: string, bodyWithoutSignature: object): string {
  return `sha256=${createHmac('sha256', secret).update(JSON.stringify(bodyWithoutSignature), 'utf8').digest('hex')}`;
}

/** Both places must hold the right value: the body field and the `X-Webhook-Signature` header. */
export function verifyN8n(secret: string, rawBody: string, header: string | undefined): boolean {
  const body = objectIn(rawBody);
  if (body === undefined || header === undefined) return false;
  const { signature, ...signed } = body;
  const expected = n8nSignature(secret, signed);
  return typeof signature === 'string' && secretsEqual(signature, expected) && secretsEqual(header, expected);
}

export function objectIn(text: string): Record<string, unknown> | undefined {
  try {
    const parsed: unknown = JSON.parse(text);
    return typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed)
      ? { ...parsed }
      : undefined;
  } catch {
    return undefined;
  }
}
