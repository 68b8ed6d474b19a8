import { generateSecret, generateURI, verifySync } from 'otplib';

/** RFC 6238 as every authenticator app has it: SHA-1, six digits, thirty seconds. */
const PERIOD_SECONDS = 30;

/** Clocks of phones drift: one step to either side is as good. */
const TOLERANCE_SECONDS = PERIOD_SECONDS;

const ISSUER = 'Parley';

/** 160 random bits in base32. */
export const newTotpSecret = (): string => generateSecret();

export const totpUri = (secret: string, email: string): string =>
  generateURI({ issuer: ISSUER, label: email, secret, period: PERIOD_SECONDS });

/**
 * The time step a code belongs to, or nothing when it is wrong, from another time, or from a step that was used.
 * @param lastStep the newest step ever accepted; a code is good once, and so are those before it
 */
export function acceptedStep(
  secret: string,
  code: string,
  lastStep: number | null,
  at: Date,
): number | undefined {
  const result = verifySync({
    secret,
    token: code,
    period: PERIOD_SECONDS,
    epoch: Math.floor(at.getTime() / 1000),
    epochTolerance: TOLERANCE_SECONDS,
  });
  if (!result.valid || !('timeStep' in result)) return undefined;
  const { timeStep } = result;
  return lastStep === null || timeStep > lastStep ? timeStep : undefined;
}
