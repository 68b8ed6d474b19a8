import { Client } from 'pg';
import { eventually, type TestDatabase, testDatabase } from '@parley/testing';

const JOBS = 'billing_jobs._private_jobs';
/** Whoever adds a job waits here, once it has seen what is waiting already. */
const GATE = 4_711;

describe('jobs with a key', () => {
  let database: TestDatabase;
  let telling: Client;

  const enqueue = (text: string) =>
    telling.query('SELECT billing.enqueue_job($1, $2, NULL, NULL, 25, $3)', ['note', { text }, 'one']);
  const waiting = () =>
    database.query<{ text: string; held: boolean }>(
      `SELECT payload ->> 'text' AS text, locked_at IS NOT NULL AS held FROM ${JOBS} ORDER BY id`,
    );

  beforeAll(async () => {
    database = await testDatabase([{ name: 'billing', jobs: true }]);
    telling = new Client({ connectionString: database.urlOf('billing') });
    await telling.connect();
  });
  afterAll(async () => {
    await telling.end();
    await database.remove();
  });

  it('wait once, with what was said last', async () => {
    await enqueue('first');
    await enqueue('second');
    expect(await waiting()).toEqual([{ text: 'second', held: false }]);
  });

  it('are not lost when a worker takes the waiting one while another is added', async () => {
    await database.query(
      `CREATE FUNCTION public.wait_at_gate() RETURNS trigger LANGUAGE plpgsql AS $$
       BEGIN PERFORM pg_advisory_xact_lock(${GATE}); RETURN NULL; END $$`,
    );
    await database.query(
      `CREATE TRIGGER gate BEFORE INSERT ON ${JOBS} FOR EACH STATEMENT EXECUTE FUNCTION public.wait_at_gate()`,
    );
    await database.query(`SELECT pg_advisory_lock(${GATE})`);
    const told = enqueue('third');
    await eventually(async () => {
      const atGate = `SELECT FROM pg_locks WHERE locktype = 'advisory' AND objid = ${GATE} AND NOT granted`;
      expect(await database.query(atGate)).toHaveLength(1);
    });
    await database.query(`UPDATE ${JOBS} SET locked_at = now(), locked_by = 'a worker', attempts = 1`);
    await database.query(`SELECT pg_advisory_unlock(${GATE})`);
    await told;
    expect(await waiting()).toEqual([
      { text: 'second', held: true },
      { text: 'third', held: false },
    ]);
  });
});
