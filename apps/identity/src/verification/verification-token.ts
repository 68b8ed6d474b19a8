import { createHash, randomBytes } from 'node:crypto';

export const TOKEN_PURPOSES = ['verify_email', 'reset_password', 'set_password'] as const;
export type TokenPurpose = (typeof TOKEN_PURPOSES)[number];

/** 256 random bits; the prefix lets secret scanners know ours. */
export const newVerificationToken = (): string => `vt_${randomBytes(32).toString('base64url')}`;

/** All that is stored of a token; it has too much entropy to need a slow hash. */
export const hashOfToken = (token: string): Buffer => createHash('sha256').update(token).digest();
