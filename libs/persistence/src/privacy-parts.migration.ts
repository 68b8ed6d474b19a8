import type { MigrationInterface, QueryRunner } from 'typeorm';
import { currentService } from './kit-tables.migration';
import { protectSystemTable } from './row-security';

/**
 * Files written for an export, one row each until they are listed in a file of their own: a list in the row of the
 * task would be written whole with every file. `privacy_tasks.parts` is what finished tasks of before answer again.
 */
export class PrivacyParts1700000000002 implements MigrationInterface {
  readonly name = 'PrivacyParts1700000000002';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`CREATE TABLE privacy_parts (
      request_id uuid NOT NULL REFERENCES privacy_tasks (request_id) ON DELETE CASCADE,
      number int NOT NULL,
      key text NOT NULL,
      table_name text NOT NULL,
      rows int NOT NULL,
      bytes bigint NOT NULL,
      sha256 text NOT NULL,
      PRIMARY KEY (request_id, number))`);
    await protectSystemTable(runner, await currentService(runner), 'privacy_parts');
    await runner.query(`ALTER TABLE privacy_tasks ADD part_count int NOT NULL DEFAULT 0, ADD manifest jsonb`);
    await runner.query(`INSERT INTO privacy_parts (request_id, number, key, table_name, rows, bytes, sha256)
      SELECT t.request_id, p.n - 1, p.part ->> 'key', p.part ->> 'table', (p.part ->> 'rows')::int,
        (p.part ->> 'bytes')::bigint, p.part ->> 'sha256'
      FROM privacy_tasks t, jsonb_array_elements(t.parts) WITH ORDINALITY AS p (part, n)
      WHERE t.finished_at IS NULL`);
    await runner.query(`UPDATE privacy_tasks SET part_count = jsonb_array_length(parts), parts = '[]'
      WHERE finished_at IS NULL`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`UPDATE privacy_tasks t SET parts = p.parts FROM (
        SELECT request_id, jsonb_agg(jsonb_build_object('key', key, 'table', table_name, 'rows', rows,
          'bytes', bytes, 'sha256', sha256) ORDER BY number) AS parts
        FROM privacy_parts GROUP BY request_id) p
      WHERE p.request_id = t.request_id`);
    await runner.query('ALTER TABLE privacy_tasks DROP part_count, DROP manifest');
    await runner.query('DROP TABLE privacy_parts');
  }
}
