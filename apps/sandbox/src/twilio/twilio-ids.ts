import { createHash, randomBytes } from 'node:crypto';

export type TwilioSidPrefix = 'AC' | 'CA' | 'RE' | 'SM' | 'PN' | 'GT';

export function newTwilioSid(prefix: TwilioSidPrefix): string {
  return prefix + randomBytes(16).toString('hex');
}

/** The same sid for the same seed, so that a script built twice is the same script. */
export function twilioSidFrom(prefix: TwilioSidPrefix, seed: string): string {
  return prefix + createHash('md5').update(`${prefix}:${seed}`).digest('hex');
}
