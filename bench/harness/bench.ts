import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestBroker, testBroker } from '@parley/testing';
import { freePort } from '../../apps/standalone/src/servers/ports';
import { Child, type ChildEnv } from './child';
import { type BenchDatabase, createDatabase } from './database';

/** First of the ports that are tried; whichever is taken is passed over. */
const FIRST_PORT = 25_700;

export interface Servers {
  readonly databaseUrl: string;
  readonly redisUrl: string | undefined;
}

/** What the parts measure with, and what has to be cleared away after them. */
export class Bench {
  /** For whatever contestants keep in files. */
  readonly folder = mkdtempSync(join(tmpdir(), 'parley-bench-'));
  readonly encryptionKey = randomBytes(32).toString('base64');
  readonly demoPassword = randomBytes(12).toString('hex');
  private readonly children = new Set<Child>();
  private nextPort = FIRST_PORT;

  private constructor(
    readonly database: BenchDatabase,
    readonly broker: TestBroker,
    readonly redisUrl: string | undefined,
  ) {
    process.on('exit', () => this.children.forEach((child) => child.kill('SIGTERM')));
  }

  static async open({ databaseUrl, redisUrl }: Servers): Promise<Bench> {
    const database = await createDatabase(databaseUrl);
    try {
      return new Bench(database, await testBroker(), redisUrl);
    } catch (error) {
      await database.drop();
      throw error;
    }
  }

  /** Starts a compiled file of this folder, given without extension, or any other script by its full path. */
  start(name: string, script: string, env: ChildEnv = {}, args: readonly string[] = []): Child {
    const file = script.startsWith('/') ? script : join(__dirname, '..', `${script}.js`);
    const child = new Child({ name, argv: [file, ...args], env: { PATH: process.env['PATH'], ...env } });
    this.children.add(child);
    return child;
  }

  async stop(...children: readonly Child[]): Promise<void> {
    await Promise.all(children.map((child) => child.stop()));
    for (const child of children) this.children.delete(child);
  }

  /** One that nobody listens on, different every time. */
  async port(): Promise<number> {
    return freePort(this.nextPort++);
  }

  async close(): Promise<void> {
    await this.stop(...this.children);
    await this.broker.remove();
    await this.database.drop();
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** Progress goes where the table does not. */
export const say = (text: string): boolean => process.stderr.write(`${text}\n`);
