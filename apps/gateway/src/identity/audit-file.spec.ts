import { text } from 'node:stream/consumers';
import { type AuditEntry, newId, type Page, runAs, systemCaller } from '@parley/contracts';
import { auditFile } from './audit-file';

const entry = (seq: number, fields: Partial<AuditEntry> = {}): AuditEntry => ({
  id: newId(),
  tenantId: null,
  seq,
  at: '2026-11-20T14:05:00.000Z',
  action: 'member.removed',
  resourceType: 'member',
  resourceId: null,
  actorUserId: null,
  actorKeyId: null,
  impersonatorId: null,
  impersonationId: null,
  version: 2,
  ip: null,
  userAgent: null,
  requestId: 'r',
  before: null,
  after: null,
  hash: 'ff',
  ...fields,
});

const pages: Page<AuditEntry>[] = [
  { data: [entry(3, { userAgent: '=cmd|calc', after: { name: 'a "b", c' } })], nextCursor: 'two' },
  { data: [entry(2)], nextCursor: 'three' },
  { data: [entry(1)], nextCursor: null },
];

describe('an exported audit trail', () => {
  const asked: (string | undefined)[] = [];
  const file = (format: 'csv' | 'ndjson', most?: number): Promise<string> => {
    asked.length = 0;
    const read = ({ cursor }: { cursor?: string }) => {
      asked.push(cursor);
      const page = pages[[undefined, 'two', 'three'].indexOf(cursor)];
      return page ? Promise.resolve(page) : Promise.reject(new Error('no such page'));
    };
    return runAs(systemCaller('test'), async () => text(await auditFile(format, {}, read, most)));
  };

  it('has one JSON object a line, page after page', async () => {
    const rows = (await file('ndjson'))
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as AuditEntry);
    expect(rows.map(({ seq }) => seq)).toEqual([3, 2, 1]);
    expect(asked).toEqual([undefined, 'two', 'three']);
  });

  it('is a table whose cells no spreadsheet runs', async () => {
    const [header, first, ...rest] = (await file('csv')).trim().split('\r\n');
    expect(header).toContain('"seq","at"');
    expect(first).toContain(`"'=cmd|calc"`);
    expect(first).toContain('"{""name"":""a \\""b\\"", c""}"');
    expect(rest).toHaveLength(2);
  });

  it('ends at its bound and says where to go on', async () => {
    const lines = (await file('ndjson', 2)).trim().split('\n');
    expect(JSON.parse(lines.at(-1) ?? '')).toEqual({ cursor: 'three' });
    expect(lines).toHaveLength(3);
  });
});
