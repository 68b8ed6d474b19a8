import { createHash, randomBytes } from 'node:crypto';

/** How long an invitation stands after it was sent last. */
export const INVITATION_DAYS = 7;

/** Lets secret scanners know ours. */
const PREFIX = 'inv_';

/** 256 random bits. */
export const newInvitationToken = (): string => PREFIX + randomBytes(32).toString('base64url');

/** All that is stored of a token; it has too much entropy to need a slow hash. */
export const hashOfInvitation = (token: string): Buffer => createHash('sha256').update(token).digest();
