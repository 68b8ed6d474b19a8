import { createHmac } from 'node:crypto';

/**
 * How a webhook proves where it comes from. `hmac`: Vapi's HMAC credential with its default plan. `secret`: the old
 * shared secret header. `bearer`: a bearer credential. `generic`: design 002's `sha256=` HMAC of the raw body.
 */
export type VapiAuthMode = 'hmac' | 'secret' | 'bearer' | 'generic';

export const VAPI_AUTH_MODES: readonly VapiAuthMode[] = ['hmac', 'secret', 'bearer', 'generic'];

export interface VapiAuth {
  mode: VapiAuthMode;
  secret: string;
}

/** Headers of one webhook sent at `at`; receivers may refuse signatures older than some minutes. */
export function signedVapiHeaders(
  body: string,
  auth: VapiAuth,
  at: Date = new Date(),
): Record<string, string> {
  return { 'content-type': 'application/json', ...proof(body, auth, at) };
}

function proof(body: string, { mode, secret }: VapiAuth, at: Date): Record<string, string> {
  switch (mode) {
    case 'hmac': {
      const timestamp = String(at.getTime());
      return { 'x-timestamp': timestamp, 'x-signature': hmac(secret, `${timestamp}.${body}`) };
    }
    case 'secret':
      return { 'x-vapi-secret': secret };
    case 'bearer':
      return { authorization: `Bearer ${secret}` };
    case 'generic':
      return { 'x-webhook-signature': `sha256=${hmac(secret, body)}` };
  }
}

function hmac(secret: string, text: string): string {
  return createHmac('sha256', secret).update(text, 'utf8').digest('hex');
}
