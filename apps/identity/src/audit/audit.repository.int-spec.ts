import { newId, runAs, systemCaller } from '@parley/contracts';
import { Database, openDatabase } from '@parley/persistence';
import { type TestDatabase, testDatabase } from '@parley/testing';
import { identity } from '../service';
import { type AuditFilter, AuditRepository } from './audit.repository';

const ACTOR = newId();

describe('the audit trail of the platform, filtered', () => {
  let test: TestDatabase;
  let database: Database;

  beforeAll(async () => {
    test = await testDatabase([identity]);
    database = await openDatabase({ service: 'identity', url: test.urlOf('identity'), poolSize: 1 });
    await test.query(
      `INSERT INTO identity.audit_logs (id, chain, seq, at, action, resource_type, resource_id, request_id, hash,
         actor_user_id)
       SELECT gen_random_uuid(), gen_random_uuid(), n, now() - n * interval '1 second',
         CASE n WHEN 777 THEN 'rare.act' WHEN 778 THEN 'rarely' ELSE 'common.act' || n % 9 END, 'thing',
         'thing-' || n, 'r', '\\x00', CASE WHEN n % 5000 = 0 THEN $1::uuid END
       FROM generate_series(1, 30000) AS n`,
      [ACTOR],
    );
    await test.query('ANALYZE identity.audit_logs');
  });
  afterAll(async () => {
    await database?.dataSource.destroy();
    await test?.remove();
  });

  const list = (filter: Partial<AuditFilter>) =>
    runAs(systemCaller('r'), () =>
      database.system('test', () => new AuditRepository(database).list({ ...filter, limit: 51 })),
    );
  const planOf = async (filter: Partial<AuditFilter>): Promise<string> => {
    const query = jest.spyOn(database, 'query');
    const asked = (sql: string, values?: readonly unknown[]) =>
      Database.prototype.query.call(database, `EXPLAIN ${sql}`, values);
    query.mockImplementation(asked as never);
    const plan = await list(filter);
    query.mockRestore();
    return JSON.stringify(plan);
  };

  it.each<[string, Partial<AuditFilter>]>([
    ['audit_logs_by_actor', { actor: ACTOR }],
    ['audit_logs_by_action', { action: 'rare' }],
    ['audit_logs_by_action', { action: 'rare.act' }],
    ['audit_logs_by_resource', { resourceType: 'thing', resourceId: 'thing-777' }],
  ])('is found by %s', async (index, filter) => {
    expect(await planOf(filter)).toContain(index);
  });

  it('takes a whole act, or what acts begin with up to a dot', async () => {
    const actions = async (action: string) => (await list({ action })).map((row) => row.action);
    expect(await actions('rare')).toEqual(['rare.act']);
    expect(await actions('rare.act')).toEqual(['rare.act']);
    expect(await actions('rarely')).toEqual(['rarely']);
  });
});
