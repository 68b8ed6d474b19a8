import { Webhook } from 'standardwebhooks';

/**
 * Verified by the library, which also refuses timestamps more than five minutes off. Secrets without the `whsec_`
 * prefix are used as they are.
 */
export function verifyStandard(secret: string, rawBody: string, headers: Record<string, string>): boolean {
  try {
    const webhook = secret.startsWith('whsec_')
      ? new Webhook(secret)
      : new Webhook(secret, { format: 'raw' });
    webhook.verify(rawBody, headers, { jsonParse: false });
    return true;
  } catch {
    return false;
  }
}
