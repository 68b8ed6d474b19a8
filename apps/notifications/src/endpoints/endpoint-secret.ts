import { randomBytes } from 'node:crypto';
import { webhookOf } from '../formats/signed-request';
import { EndpointFieldInvalid } from './endpoint.errors';

const MIN_KEY_BYTES = 24;
const MAX_KEY_BYTES = 64;

/** A fresh secret in the form of Standard Webhooks. */
export const newSecret = (): string => `whsec_${randomBytes(32).toString('base64')}`;

/** @throws EndpointFieldInvalid when receivers could not use it */
export function checkSecret(secret: string): string {
  if (!secret.startsWith('whsec_')) return secret;
  const bytes = Buffer.from(secret.slice('whsec_'.length), 'base64').length;
  if (bytes < MIN_KEY_BYTES || bytes > MAX_KEY_BYTES || !canSign(secret)) {
    throw new EndpointFieldInvalid('secret', 'after whsec_ there must be 24 to 64 bytes in base64');
  }
  return secret;
}

function canSign(secret: string): boolean {
  try {
    webhookOf(secret);
    return true;
  } catch {
    return false;
  }
}
