import { createHash } from 'node:crypto';
import { type AuditRow, CHAIN_START, linkHash, personalFieldsHold, sealPersonal } from './audit-chain';

const ROW: AuditRow = {
  id: '0193f3a0-7b6e-7c3a-9f00-3f6f5b8c0001',
  seq: 1,
  tenantId: null,
  at: new Date('2026-11-20T10:00:00.123Z'),
  action: 'settings.changed',
  resourceType: 'settings',
  resourceId: null,
  actorUserId: null,
  actorKeyId: null,
  impersonatorId: null,
  impersonationId: null,
  ip: '203.0.113.7',
  userAgent: null,
  requestId: 'r',
  before: { a: 1, b: { c: [1, { d: 2, e: 3 }] } },
  after: null,
  salt: null,
  personalHash: null,
  version: 2,
};

describe('a link of the audit chain', () => {
  it('is the same whatever the order of fields that jsonb gives back', () => {
    const shuffled = { ...ROW, before: { b: { c: [1, { e: 3, d: 2 }] }, a: 1 } };
    expect(linkHash(CHAIN_START.hash, shuffled)).toEqual(linkHash(CHAIN_START.hash, ROW));
  });

  it.each<[string, Partial<AuditRow>]>([
    ['act', { action: 'settings.read' }],
    ['time', { at: new Date('2026-11-20T10:00:00.124Z') }],
    ['actor', { actorUserId: ROW.id }],
    ['impersonator', { impersonatorId: ROW.id }],
    ['impersonation', { impersonationId: ROW.id }],
    ['version', { version: 1 }],
    ['impersonation in a row of the first version', { version: 1, impersonationId: ROW.id }],
    ['fact', { before: { a: 1, b: { c: [1, { d: 2, e: 4 }] } } }],
    ['order of a list', { before: { a: 1, b: { c: [{ d: 2, e: 3 }, 1] } } }],
  ])('is another with another %s', (_what, change) => {
    expect(linkHash(CHAIN_START.hash, { ...ROW, ...change })).not.toEqual(linkHash(CHAIN_START.hash, ROW));
  });

  it('of the first version is what it was before there was a second', () => {
    const { impersonationId: _none, version: _first, salt: _salt, personalHash: _personal, ...first } = ROW;
    const sorted = Object.fromEntries(Object.entries(first).sort(([a], [b]) => (a < b ? -1 : 1)));
    const before = { a: 1, b: { c: [1, { d: 2, e: 3 }] } };
    const hash = createHash('sha256')
      .update(CHAIN_START.hash)
      .update(JSON.stringify({ ...sorted, before }))
      .digest();
    expect(linkHash(CHAIN_START.hash, { ...ROW, version: 1 })).toEqual(hash);
  });

  it('is another on another link', () => {
    expect(linkHash(Buffer.alloc(32, 1), ROW)).not.toEqual(linkHash(CHAIN_START.hash, ROW));
  });
});

describe('personal fields of an act', () => {
  const sealed: AuditRow = { ...ROW, ...sealPersonal(ROW) };
  const erased: AuditRow = { ...sealed, ip: null, userAgent: null, before: null, after: null, salt: null };

  it('can be erased, and the link holds', () => {
    expect(linkHash(CHAIN_START.hash, erased)).toEqual(linkHash(CHAIN_START.hash, sealed));
    expect([personalFieldsHold(sealed), personalFieldsHold(erased)]).toEqual([true, true]);
  });

  it.each<[string, Partial<AuditRow>]>([
    ['changed', { ip: '203.0.113.8' }],
    ['erased in part', { before: null }],
    ['under another salt', { salt: Buffer.alloc(16) }],
  ])('do not hold when %s', (_how, change) => {
    expect(personalFieldsHold({ ...sealed, ...change })).toBe(false);
  });

  it('do not hold when written into an erased row, and their hash cannot be swapped', () => {
    expect(personalFieldsHold({ ...erased, ip: '203.0.113.8' })).toBe(false);
    const swapped = { ...sealed, ...sealPersonal({ ...ROW, ip: '203.0.113.8' }) };
    expect(linkHash(CHAIN_START.hash, swapped)).not.toEqual(linkHash(CHAIN_START.hash, sealed));
  });

  it('hash differently in every row, so that an address cannot be guessed from its hash', () => {
    expect(sealPersonal(ROW).personalHash).not.toEqual(sealPersonal(ROW).personalHash);
  });
});
