import { newId, runAs } from '@parley/contracts';
import { aCaller, type TestDatabase, testDatabase } from '@parley/testing';
import { Client } from 'pg';
import type { MigrationInterface, QueryRunner } from 'typeorm';
import { openDatabase } from './data-source';
import type { Database } from './database';
import { migrateDown, migrateUp } from './migrate';
import { admitSeveralTenants, protectTenantTable } from './row-security';

class Notes1700000900000 implements MigrationInterface {
  readonly name = 'Notes1700000900000';
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(
      'CREATE TABLE notes (id uuid PRIMARY KEY, tenant_id uuid NOT NULL, body text NOT NULL)',
    );
    await protectTenantTable(runner, 'analytics', 'notes');
    await admitSeveralTenants(runner, 'analytics', 'notes');
    await runner.query(
      'CREATE TABLE secrets (id uuid PRIMARY KEY, tenant_id uuid NOT NULL, body text NOT NULL)',
    );
    await protectTenantTable(runner, 'analytics', 'secrets');
  }
  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE notes, secrets');
  }
}

const service = { name: 'analytics' as const, migrations: [Notes1700000900000] };

describe('Database', () => {
  let server: TestDatabase;
  let database: Database;
  const ours = aCaller();
  const theirs = aCaller();
  const add = (body: string, tenantId = ours.tenantId) =>
    database.execute('INSERT INTO notes (id, tenant_id, body) VALUES ($1, $2, $3)', [
      newId(),
      tenantId,
      body,
    ]);
  const bodies = async () =>
    (await database.query<{ body: string }>('SELECT body FROM notes ORDER BY id')).map(({ body }) => body);

  beforeAll(async () => {
    server = await testDatabase([service]);
    database = await openDatabase({ service: 'analytics', url: server.urlOf('analytics') });
  });
  afterAll(async () => {
    await database?.dataSource.destroy();
    await server?.remove();
  });
  beforeEach(() => server.query('TRUNCATE analytics.notes'));

  it('shows a tenant its own rows only', async () => {
    await runAs(ours, () => database.tenant(() => add('ours')));
    await expect(runAs(ours, () => database.tenant(bodies))).resolves.toEqual(['ours']);
    await expect(runAs(theirs, () => database.tenant(bodies))).resolves.toEqual([]);
  });

  it('repeats the one of two transactions that PostgreSQL ends for the other, hooks and all', async () => {
    const [one, two] = [newId(), newId()];
    const insert = `INSERT INTO notes (id, tenant_id, body) VALUES ($1, $3, ''), ($2, $3, '')`;
    await runAs(ours, () => database.tenant(() => database.execute(insert, [one, two, ours.tenantId])));
    let runs = 0;
    let hooks = 0;
    let bothHoldOne: () => void = () => undefined;
    const held = new Promise<void>((resolve) => (bothHoldOne = resolve));
    const mark = (id: string) => database.execute(`UPDATE notes SET body = body || 'x' WHERE id = $1`, [id]);
    const crosswise = (first: string, second: string) =>
      runAs(ours, () =>
        database.tenant(async () => {
          runs += 1;
          database.afterCommit(() => (hooks += 1));
          await mark(first);
          if (runs === 2) bothHoldOne();
          await held;
          await mark(second);
        }),
      );
    await Promise.all([crosswise(one, two), crosswise(two, one)]);
    expect({ runs, hooks }).toEqual({ runs: 3, hooks: 2 });
    await expect(runAs(ours, () => database.tenant(bodies))).resolves.toEqual(['xx', 'xx']);
  });

  it('does not repeat what failed for a reason of its own', async () => {
    let runs = 0;
    const refused = runAs(ours, () =>
      database.tenant(async () => {
        runs += 1;
        await database.query('SELECT 1 / 0');
      }),
    );
    await expect(refused).rejects.toMatchObject({ code: '22012' });
    expect(runs).toBe(1);
  });

  it('refuses to write a row of another tenant', async () => {
    const intrusion = runAs(theirs, () => database.tenant(() => add('planted', ours.tenantId)));
    await expect(intrusion).rejects.toThrow('row-level security');
  });

  describe('for several tenants', () => {
    const third = newId();
    const both = [theirs.tenantId ?? '', ours.tenantId ?? ''];
    beforeEach(async () => {
      await database.forTenant(ours.tenantId ?? '', () => add('ours'));
      await database.forTenant(theirs.tenantId ?? '', () => add('theirs', theirs.tenantId));
      await database.forTenant(third, () => add('of a third', third));
    });

    it('shows and takes the rows of those it names, and of nobody else', async () => {
      await expect(database.forTenants(both, bodies)).resolves.toEqual(['ours', 'theirs']);
      await database.forTenants(both, async () => {
        await add('more of ours');
        await add('more of theirs', theirs.tenantId);
      });
      await expect(database.forTenants([third], bodies)).resolves.toEqual(['of a third']);
      await expect(database.forTenants(both, () => add('planted', third))).rejects.toThrow(
        'row-level security',
      );
    });

    it('shows nothing of a table that does not admit it', async () => {
      const all = () => database.query('SELECT FROM secrets');
      const put = () =>
        database.execute('INSERT INTO secrets (id, tenant_id, body) VALUES ($1, $2, $3)', [
          newId(),
          ours.tenantId,
          'secret',
        ]);
      await runAs(ours, () => database.tenant(put));
      await expect(database.forTenants(both, all)).resolves.toEqual([]);
      await expect(database.forTenants(both, put)).rejects.toThrow('row-level security');
    });

    it('takes ids only, and does not turn into another scope on the way', async () => {
      await expect(database.forTenants([], bodies)).rejects.toThrow('UUID');
      await expect(database.forTenants(["x'); --"], bodies)).rejects.toThrow('UUID');
      await expect(
        database.forTenants(both, () => database.forTenant(ours.tenantId ?? '', bodies)),
      ).rejects.toThrow('another scope');
      await expect(
        database.forTenants(both, () => database.forTenants([...both].reverse(), bodies)),
      ).resolves.toHaveLength(2);
    });
  });

  it('shows everything to an explicit system scope', async () => {
    await runAs(ours, () => database.tenant(() => add('ours')));
    await runAs(theirs, () => database.tenant(() => add('theirs', theirs.tenantId)));
    await expect(database.system('test', bodies)).resolves.toHaveLength(2);
  });

  it('takes everything back when the work fails, and keeps the connection usable', async () => {
    const failing = runAs(ours, () =>
      database.tenant(async () => {
        await add('lost');
        throw new Error('no');
      }),
    );
    await expect(failing).rejects.toThrow('no');
    await expect(runAs(ours, () => database.tenant(bodies))).resolves.toEqual([]);
  });

  it('runs queries in a transaction only, and never in one of another scope', async () => {
    await expect(database.query('SELECT 1')).rejects.toThrow('No open transaction');
    const mixed = runAs(ours, () => database.tenant(() => database.system('inside', bodies)));
    await expect(mixed).rejects.toThrow('another scope');
  });

  it('acts after the commit, and not at all without one', async () => {
    const acts: string[] = [];
    await runAs(ours, () =>
      database.tenant(async () => {
        database.afterCommit(() => acts.push('after'));
        await add('kept');
        acts.push('inside');
      }),
    );
    expect(acts).toEqual(['inside', 'after']);
  });

  it('leaves a raw session of the role without rows and without other schemas', async () => {
    await runAs(ours, () => database.tenant(() => add('ours')));
    const raw = new Client({ connectionString: server.urlOf('analytics') });
    await raw.connect();
    const { rows } = await raw.query('SELECT count(*)::int AS n FROM notes');
    expect(rows).toEqual([{ n: 0 }]);
    await expect(raw.query('SELECT * FROM pg_catalog.pg_authid')).rejects.toThrow('permission denied');
    await expect(raw.query('CREATE TABLE mine (id int)')).rejects.toThrow('permission denied');
    await raw.end();
  });

  it('migrates once however many processes try, and back', async () => {
    const options = {
      service: 'analytics' as const,
      ownerUrl: server.ownerUrl,
      roleUrl: server.urlOf('analytics'),
      migrations: service.migrations,
    };
    await expect(Promise.all([migrateUp(options), migrateUp(options), migrateUp(options)])).resolves.toEqual([
      [],
      [],
      [],
    ]);
    await migrateDown(options);
    await expect(migrateUp(options)).resolves.toEqual(['Notes1700000900000']);
  });
});
