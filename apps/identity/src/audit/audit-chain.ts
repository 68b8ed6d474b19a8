import { createHash, randomBytes } from 'node:crypto';
import { type Facts, mapFields, toPlain } from '@parley/contracts';

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
  /** Makes the hash of the personal fields unguessable; gone with them. null also in rows of before ADR 0018. */
  salt: Buffer | null;
  /** Of the personal fields; stays when they are erased, and is what the link covers. */
  personalHash: Buffer | null;
}

/**
 * 1: every field but `impersonationId` and `version`. 2: every field.
 * The personal ones enter as their hash where there is one (ADR 0018), in either. Old rows keep the hash they were written with.
 */
export const AUDIT_VERSION = 2;

/** What links are made of; which of it a link covers, the version and the personal hash decide. */
type LinkedRow = Omit<AuditRow, 'salt' | 'personalHash'>;

/** What an act tells of a person, beside their pseudonymous ids. */
export type PersonalFields = Pick<AuditRow, 'ip' | 'userAgent' | 'before' | 'after'>;

const SALT_BYTES = 16;

export interface ChainLink {
  seq: number;
  hash: Buffer;
}

/** What the first row of a chain stands on. */
export const CHAIN_START: ChainLink = { seq: 0, hash: Buffer.alloc(32) };

/**
 * SHA-256 over the hash before and the row, its fields in the order of their names at every depth. Of the personal
 * fields only their salted hash goes in, so that they can be erased and the chain still holds.
 */
export function linkHash(previous: Buffer, row: AuditRow): Buffer {
  const { salt: _salt, personalHash, ...fields } = row;
  const covered = canonical(fields);
  const { ip: _ip, userAgent: _agent, before: _before, after: _after, ...lasting } = covered;
  const linked = personalHash ? { ...lasting, personal: personalHash.toString('hex') } : covered;
  return createHash('sha256')
    .update(previous)
    .update(JSON.stringify(inOrder(toPlain(linked))))
    .digest();
}

export function sealPersonal(fields: PersonalFields): { salt: Buffer; personalHash: Buffer } {
  const salt = randomBytes(SALT_BYTES);
  return { salt, personalHash: personalHashOf(salt, fields) };
}

function personalHashOf(salt: Buffer, { ip, userAgent, before, after }: PersonalFields): Buffer {
  const text = JSON.stringify(inOrder(toPlain({ ip, userAgent, before, after })));
  return createHash('sha256').update(salt).update(text).digest();
}

/** Whether the personal fields are those that were written, or erased altogether. */
export function personalFieldsHold({ salt, personalHash, ...row }: AuditRow): boolean {
  if (!personalHash) return true;
  if (salt) return personalHashOf(salt, row).equals(personalHash);
  return row.ip === null && row.userAgent === null && row.before === null && row.after === null;
}

/** A row that says version 1 has no impersonation: one that was put there changes the hash. */
function canonical(row: LinkedRow): Partial<LinkedRow> {
  if (row.version !== 1 || row.impersonationId !== null) return row;
  const { impersonationId: _none, version: _first, ...covered } = row;
  return covered;
}

const inOrder = (value: unknown): unknown =>
  mapFields(value, (entries) => entries.sort(([a], [b]) => (a < b ? -1 : 1)));
