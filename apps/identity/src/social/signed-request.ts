import { createHmac, timingSafeEqual } from 'node:crypto';

/**
 * Facebook's `signed_request`: base64url signature, a dot, base64url payload; HMAC-SHA256 of the payload's text under
 * the app secret.
 * @returns the person's id at Facebook; undefined when Facebook did not sign this
 */
export function userOfSignedRequest(signedRequest: string, appSecret: string): string | undefined {
  const [signature = '', payload = ''] = signedRequest.split('.');
  const given = Buffer.from(signature, 'base64url');
  const right = createHmac('sha256', appSecret).update(payload).digest();
  if (given.length !== right.length || !timingSafeEqual(given, right)) return undefined;
  try {
    const facts = JSON.parse(Buffer.from(payload, 'base64url').toString('utf8')) as Record<string, unknown>;
    const { algorithm, user_id: userId } = facts;
    const isOurs = typeof algorithm === 'string' && algorithm.toUpperCase() === 'HMAC-SHA256';
    return isOurs && typeof userId === 'string' && userId !== '' ? userId : undefined;
  } catch {
    return undefined;
  }
}
