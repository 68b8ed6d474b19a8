import { spawn } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import Redis from 'ioredis';
import { freePort } from '../../apps/standalone/src/servers/ports';
import { commandOf, endProcess } from '../../apps/standalone/src/servers/processes';
import { findProgram, inData } from './paths';
import type { Profile, RedisState } from './state';

const ON_ITS_PORT = 'redis://127.0.0.1:6379';

/** Redis is optional: one instance of the platform does without it. */
export async function provideRedis(profile: Profile): Promise<RedisState | null> {
  const named = process.env.TEST_REDIS_URL ?? process.env.REDIS_URL;
  if (named) {
    if (await redisAnswers({ url: named })) return { url: named };
    throw new Error('Redis of the environment does not answer');
  }
  if (profile !== 'local' && (await redisAnswers({ url: ON_ITS_PORT }))) return { url: ON_ITS_PORT };
  const program = findProgram('redis-server');
  return program ? start(program, profile) : null;
}

async function start(program: string, profile: Profile): Promise<RedisState> {
  const dir = inData('services', profile, 'redis');
  mkdirSync(dir, { recursive: true });
  const port = await freePort();
  const settings = [
    '--port',
    String(port),
    '--bind',
    '127.0.0.1',
    '--dir',
    dir,
    '--save',
    '',
    '--appendonly',
    'no',
  ];
  const server = spawn(program, settings, { detached: true, stdio: 'ignore' });
  server.unref();
  const state = { url: `redis://127.0.0.1:${port}`, pid: server.pid };
  for (const deadline = Date.now() + 10_000; Date.now() < deadline; await sleep(50)) {
    if (await redisAnswers(state)) return state;
  }
  throw new Error(`${program} was started on port ${port}, but does not answer`);
}

export async function redisAnswers({ url }: RedisState): Promise<boolean> {
  const client = new Redis(url, { lazyConnect: true, retryStrategy: () => null, connectTimeout: 2_000 });
  client.on('error', () => undefined);
  try {
    await client.connect();
    return (await client.ping()) === 'PONG';
  } catch {
    return false;
  } finally {
    client.disconnect();
  }
}

export async function stopRedis({ pid }: RedisState): Promise<void> {
  if (pid && commandOf(pid)?.includes('redis-server')) await endProcess(pid, 'SIGTERM', 5_000);
}
