import { createHash } from 'node:crypto';
import { Invalid } from '@parley/contracts';

/** Longer than the longest operation: who holds a claim past this has died. */
export const HOLD_MS = 60_000;
export const KEEP_MS = 24 * 3_600_000;

/** Whose key on which route. */
export interface KeyScope {
  readonly tenantId: string;
  readonly actorId: string;
  /** Method and path as declared: `POST /v1/service-tokens/:id/rotate`. */
  readonly route: string;
  readonly key: string;
}

export interface StoredAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** As it was sent; nothing for an answer without body. */
  readonly body: string | undefined;
}

export interface Claim {
  readonly claimId: string;
  readonly requestHash: Buffer;
  readonly state: 'running' | 'done' | 'unknown';
  readonly heldUntil: Date;
  readonly createdAt: Date;
}

export type Verdict = 'reused' | 'replay' | 'running' | 'unknown';

/** What a claim that somebody else made means for a request that comes now. */
export function judge(claim: Claim, requestHash: Buffer, at: Date): Verdict {
  if (!claim.requestHash.equals(requestHash)) return 'reused';
  if (claim.state === 'done') return 'replay';
  return claim.state === 'running' && claim.heldUntil > at ? 'running' : 'unknown';
}

/** @throws Invalid when it is no key */
export function readKey(header: string | string[] | undefined): string | undefined {
  if (header === undefined) return undefined;
  if (typeof header === 'string' && /^[\x20-\x7e]{1,255}$/.test(header)) return header;
  throw new Invalid('Invalid input: Idempotency-Key', [
    { field: 'Idempotency-Key', message: 'must be 1 to 255 printable ASCII characters' },
  ]);
}

/** Same path, query and body, however the fields are ordered. */
export function hashOfRequest(request: { params: unknown; query: unknown; body: unknown }): Buffer {
  return createHash('sha256')
    .update(JSON.stringify(ordered([request.params, request.query, request.body])))
    .digest();
}

function ordered(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(ordered);
  if (typeof value !== 'object' || value === null) return value ?? null;
  const fields = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(fields.map(([name, each]) => [name, ordered(each)]));
}
