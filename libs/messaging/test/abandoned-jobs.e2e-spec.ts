import { Inject, Injectable, Module, type OnModuleInit } from '@nestjs/common';
import { runAs, Text } from '@parley/contracts';
import { Database } from '@parley/persistence';
import { baseShape, defineService, type RunningService, startService } from '@parley/platform';
import { aCaller, eventually, type TestDatabase, testDatabase } from '@parley/testing';
import { InProcessTransport, Jobs } from '../src';

class Note {
  @Text() text: string;
}
const note = { name: 'test.note', payload: Note };

@Injectable()
class Notes implements OnModuleInit {
  readonly written: string[] = [];
  release: (() => void) | undefined;

  constructor(
    @Inject(Jobs) private readonly jobs: Jobs,
    @Inject(Database) private readonly database: Database,
  ) {}

  onModuleInit(): void {
    this.jobs.handle(note, async ({ text }) => {
      this.written.push(text);
      if (text === 'long') await new Promise<void>((resolve) => (this.release = resolve));
    });
  }

  enqueue(text: string, runAt?: Date): Promise<void> {
    return runAs(aCaller({}), () =>
      this.database.tenant(() => this.jobs.enqueue(note, { text }, { ...(runAt ? { runAt } : {}) })),
    );
  }
}

@Module({ providers: [Notes] })
class NotesModule {}

const spec = defineService({
  name: 'billing',
  config: baseShape,
  module: NotesModule,
  migrations: [],
  jobs: true,
});

const DEAD_POOL = 'pool-of-a-killed-process';
const HOUR_MS = 3_600_000;

describe('jobs of a process that died', () => {
  let database: TestDatabase;
  let running: RunningService;
  let notes: Notes;

  const heldBy = (pool: string, text: string) =>
    database.query(
      `UPDATE billing_jobs._private_jobs SET locked_by = $1, locked_at = now(), run_at = now()
       WHERE payload -> 'payload' ->> 'text' = $2 RETURNING id`,
      [pool, text],
    );

  beforeAll(async () => {
    database = await testDatabase([spec]);
    const env = { DATABASE_URL: database.urlOf('billing'), NODE_ENV: 'test' };
    running = await startService(spec, { env, transport: new InProcessTransport(), quiet: true });
    notes = running.app.get(Notes);
  });

  afterAll(async () => {
    notes.release?.();
    await running.close();
    await database.remove();
  });

  it('runs them again, and leaves those of the living alone', async () => {
    await notes.enqueue('long');
    await eventually(() => expect(notes.written).toEqual(['long']));
    await notes.enqueue('orphan', new Date(Date.now() + HOUR_MS));
    expect(await heldBy(DEAD_POOL, 'orphan')).toHaveLength(1);
    await eventually(() => expect(notes.written).toEqual(['long', 'orphan']), 30_000);
    const [living] = await database.query<{ attempts: number; held: boolean }>(
      `SELECT attempts, locked_by IS NOT NULL AS held FROM billing_jobs._private_jobs
       WHERE payload -> 'payload' ->> 'text' = 'long'`,
    );
    expect(living).toEqual({ attempts: 1, held: true });
  });

  it('keeps watching after its connection was cut', async () => {
    await database.query(
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
       WHERE datname = current_database() AND application_name LIKE '%jobs-watch'`,
    );
    await notes.enqueue('orphan 2', new Date(Date.now() + HOUR_MS));
    expect(await heldBy(DEAD_POOL, 'orphan 2')).toHaveLength(1);
    await eventually(() => expect(notes.written).toContain('orphan 2'), 30_000);
  });
});
