import { createHash } from 'node:crypto';

/** The chain of acts that are no tenant's. */
export const PLATFORM_CHAIN = '00000000-0000-0000-0000-000000000000';

export interface AuditRow {
  id: string;
  seq: number;
  tenantId: string | null;
  at: Date;
  action: string;
  resourceType: string;
  resourceId: string | null;
  actorUserId: string | null;
  actorKeyId: string | null;
  impersonatorId: string | null;
  impersonationId: string | null;
  ip: string | null;
  userAgent: string | null;
  requestId: string;
  before: Facts | null;
  after: Facts | null;
  /** Which fields the hash covers; `AUDIT_VERSION` of the release that wrote the row. */
  version: number;
}

/** 1: every field but `impersonationId` and `version`. 2: every field. Old rows keep the hash they were written with. */
export const AUDIT_VERSION = 2;

export type Facts = Record<string, unknown>;

export interface ChainLink {
  seq: number;
  hash: Buffer;
}

/** What the first row of a chain stands on. */
export const CHAIN_START: ChainLink = { seq: 0, hash: Buffer.alloc(32) };

/** SHA-256 over the hash before and the row, its fields in the order of their names at every depth. */
export function linkHash(previous: Buffer, row: AuditRow): Buffer {
  return createHash('sha256')
    .update(previous)
    .update(JSON.stringify(inOrder(toPlain(canonical(row)))))
    .digest();
}

/** A row that says version 1 has no impersonation: one that was put there changes the hash. */
function canonical(row: AuditRow): Partial<AuditRow> {
  if (row.version !== 1 || row.impersonationId !== null) return row;
  const { impersonationId: _none, version: _first, ...covered } = row;
  return covered;
}

const SECRET_NAMES = /password|secret|token|authorization|hash/i;
export const WITHHELD = '[withheld]';

/**
 * Facts as jsonb gives them back, so that the row hashes alike when it is read again. A field named like a secret is
 * withheld: acts tell what changed, never the secret itself.
 */
export function toFacts(value: object | undefined): Facts | null {
  return value ? (withoutSecrets(toPlain(value)) as Facts) : null;
}

const toPlain = (value: unknown): unknown => JSON.parse(JSON.stringify(value));

function mapFields(value: unknown, change: (entries: [string, unknown][]) => [string, unknown][]): unknown {
  if (Array.isArray(value)) return value.map((item) => mapFields(item, change));
  if (typeof value !== 'object' || value === null) return value;
  const entries = change(Object.entries(value));
  return Object.fromEntries(entries.map(([name, inner]) => [name, mapFields(inner, change)]));
}

const inOrder = (value: unknown): unknown =>
  mapFields(value, (entries) => entries.sort(([a], [b]) => (a < b ? -1 : 1)));

const withoutSecrets = (value: unknown): unknown =>
  mapFields(value, (entries) =>
    entries.map(([name, inner]) => [name, SECRET_NAMES.test(name) ? WITHHELD : inner]),
  );
