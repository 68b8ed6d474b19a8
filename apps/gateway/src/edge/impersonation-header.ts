import type { IncomingHttpHeaders } from 'node:http';
import { IMPERSONATION_MODES, type ImpersonationMode, Invalid, isUuid } from '@parley/contracts';

/** The name of REQUIREMENTS BR-011, and what design 004's clients send. */
const USER_HEADERS = ['x-impersonate-user-id', 'x-impersonated-user-id'] as const;
const MODE_HEADER = 'x-impersonation-mode';
const REASON_HEADER = 'x-impersonation-reason';
/** What is given as the reason, alone or before the client's own words. */
const REASON = '004 header';
const MAX_REASON = 500;

export interface WantedImpersonation {
  readonly userId: string;
  readonly mode: ImpersonationMode;
  readonly reason: string;
}

/** @throws Invalid naming the header that cannot be read */
export function wantedImpersonation(headers: IncomingHttpHeaders): WantedImpersonation | undefined {
  const sent = USER_HEADERS.filter((name) => headers[name] !== undefined);
  const [first, second] = sent;
  if (!first) return undefined;
  const userId = single(headers, first);
  if (!isUuid(userId)) throw faulty(first, 'must be the id of a user');
  if (second && single(headers, second).toLowerCase() !== userId.toLowerCase())
    throw faulty(second, `must be the same as ${first}`);
  const words = headers[REASON_HEADER] === undefined ? '' : single(headers, REASON_HEADER).trim();
  return {
    userId: userId.toLowerCase(),
    mode: modeOf(headers),
    reason: (words ? `${REASON}: ${words}` : REASON).slice(0, MAX_REASON),
  };
}

function modeOf(headers: IncomingHttpHeaders): ImpersonationMode {
  if (headers[MODE_HEADER] === undefined) return 'read';
  const sent = single(headers, MODE_HEADER).toLowerCase();
  const mode = IMPERSONATION_MODES.find((each) => each === sent);
  if (mode) return mode;
  // Design 004's clients also say just that the mode is on.
  if (sent === 'true') return 'read';
  throw faulty(MODE_HEADER, 'must be read or write');
}

const single = (headers: IncomingHttpHeaders, name: string): string => {
  const value = headers[name];
  return Array.isArray(value) ? value.join(', ') : (value ?? '');
};

const faulty = (field: string, message: string): Invalid =>
  new Invalid(`Invalid header: ${field}`, [{ field, message }]);
