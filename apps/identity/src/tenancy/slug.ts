import { randomBytes } from 'node:crypto';

const MAX_STEM = 48;

/** A readable slug for a tenant that did not choose one; the random tail keeps namesakes apart. */
export function slugFor(name: string): string {
  const stem = name
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .slice(0, MAX_STEM)
    .replace(/^-+|-+$/g, '');
  return `${stem || 'tenant'}-${randomBytes(5).toString('hex')}`;
}
