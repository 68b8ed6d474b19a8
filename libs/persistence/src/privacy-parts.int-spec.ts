import { newId } from '@parley/contracts';
import { type TestDatabase, testDatabase } from '@parley/testing';
import { DataSource, type QueryRunner } from 'typeorm';
import { PrivacyParts1700000000002 } from './privacy-parts.migration';

const partOf = (key: string) => ({ key, table: 'calls', rows: 3, bytes: 40, sha256: 'a'.repeat(64) });

describe('the table of parts', () => {
  const migration = new PrivacyParts1700000000002();
  let database: TestDatabase;
  let owner: DataSource;
  let runner: QueryRunner;

  beforeAll(async () => {
    database = await testDatabase([{ name: 'billing' }]);
    owner = new DataSource({
      type: 'postgres',
      url: database.ownerUrl,
      extra: { options: '-c search_path=billing,public' },
    });
    await owner.initialize();
    runner = owner.createQueryRunner();
  });
  afterAll(async () => {
    await runner?.release();
    await owner?.destroy();
    await database?.remove();
  });

  const tasks = () =>
    runner.query('SELECT request_id AS id, parts FROM privacy_tasks ORDER BY request_id') as Promise<
      object[]
    >;

  it('takes over what exports under way have written, and gives it back; finished ones keep theirs', async () => {
    const [open, finished] = [newId(), newId()];
    const before = [
      { id: open, parts: [partOf('one'), partOf('two')] },
      { id: finished, parts: [partOf('three')] },
    ];
    await migration.down(runner);
    for (const { id, parts } of before)
      await runner.query(
        `INSERT INTO privacy_tasks (request_id, kind, subject, parts, finished_at) VALUES ($1, 'export', '{}', $2, $3)`,
        [id, JSON.stringify(parts), id === finished ? new Date() : null],
      );

    await migration.up(runner);
    expect(await tasks()).toEqual([{ id: open, parts: [] }, before[1]]);
    const listed = (await runner.query(
      'SELECT request_id AS id, number, key, rows FROM privacy_parts ORDER BY number',
    )) as object[];
    expect(listed).toEqual([
      { id: open, number: 0, key: 'one', rows: 3 },
      { id: open, number: 1, key: 'two', rows: 3 },
    ]);

    await migration.down(runner);
    expect(await tasks()).toEqual(before);
  });
});
