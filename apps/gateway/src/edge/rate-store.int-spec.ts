import { createServer, type Server, type Socket } from 'node:net';
import { Logger } from '@nestjs/common';
import { eventually } from '@parley/testing';
import { RedisRateStore } from './rate-store';

/** Speaks enough of Redis' protocol for one counting script; can be taken away and brought back. */
class SmallRedis {
  private readonly counts = new Map<string, number>();
  private readonly sockets = new Set<Socket>();
  private server: Server | undefined;

  async listen(port = 0): Promise<number> {
    this.server = createServer((socket) => this.serve(socket));
    await new Promise<void>((resolve) => this.server?.listen(port, '127.0.0.1', resolve));
    return (this.server.address() as { port: number }).port;
  }

  async stop(): Promise<void> {
    const { server } = this;
    const closed = new Promise((resolve) => server?.close(resolve));
    for (const socket of this.sockets) socket.destroy();
    await closed;
  }

  private serve(socket: Socket): void {
    this.sockets.add(socket);
    socket.on('close', () => this.sockets.delete(socket));
    socket.on('error', () => socket.destroy());
    let buffered = '';
    socket.on('data', (bytes) => {
      buffered += bytes.toString();
      for (let command = take(buffered); command; command = take(buffered)) {
        buffered = buffered.slice(command.length);
        socket.write(this.answer(command.parts));
      }
    });
  }

  private answer([name = '', ...args]: string[]): string {
    if (name === 'info') return bulk('redis_version:7.0.0\r\nloading:0\r\n');
    if (name !== 'eval') return '+OK\r\n';
    const [script = '', , key = '', windowMs = ''] = args;
    const back = script.includes("redis.call('DECR', KEYS[1])");
    if (!back) expect(script).toContain("redis.call('INCR', KEYS[1])");
    const count = (this.counts.get(key) ?? 0) + (back ? -1 : 1);
    this.counts.set(key, count);
    return `*2\r\n:${count}\r\n:${windowMs}\r\n`;
  }
}

const bulk = (text: string): string => `$${Buffer.byteLength(text)}\r\n${text}\r\n`;

/** The first whole command of what arrived. */
function take(text: string): { parts: string[]; length: number } | undefined {
  const head = /^\*(\d+)\r\n/.exec(text);
  if (!head) return undefined;
  let at = head[0].length;
  const parts: string[] = [];
  for (let n = 0; n < Number(head[1]); n++) {
    const size = /^\$(\d+)\r\n/.exec(text.slice(at));
    if (!size) return undefined;
    at += size[0].length;
    const end = at + Number(size[1]);
    if (text.length < end + 2) return undefined;
    parts.push(text.slice(at, end));
    at = end + 2;
  }
  return { parts, length: at };
}

describe('RedisRateStore', () => {
  it('shares counts, goes on alone while redis is away, says so once, and shares again', async () => {
    const warn = jest.spyOn(Logger.prototype, 'warn').mockReturnValue(undefined);
    const redis = new SmallRedis();
    const port = await redis.listen();
    const [one, two] = [0, 1].map(() => new RedisRateStore(`redis://127.0.0.1:${port}`));
    if (!one || !two) throw new Error('two stores are needed');
    await eventually(() => expect([one.isReady, two.isReady]).toEqual([true, true]));
    expect(await one.hit('a', 60)).toEqual({ count: 1, resetSeconds: 60 });
    expect(await two.hit('a', 60)).toEqual({ count: 2, resetSeconds: 60 });
    await one.giveBack('a');
    expect(await two.hit('a', 60)).toMatchObject({ count: 2 });

    await redis.stop();
    await eventually(() => expect([one.isReady, two.isReady]).toEqual([false, false]));
    expect(await one.hit('a', 60)).toMatchObject({ count: 1 });
    expect(await one.hit('a', 60)).toMatchObject({ count: 2 });
    expect(await two.hit('a', 60)).toMatchObject({ count: 1 });
    await eventually(() => expect(warn).toHaveBeenCalledTimes(2));

    await redis.listen(port);
    await eventually(() => expect([one.isReady, two.isReady]).toEqual([true, true]));
    expect(await one.hit('a', 60)).toMatchObject({ count: 3 });
    await one.onModuleDestroy();
    await two.onModuleDestroy();
    await redis.stop();
    warn.mockRestore();
  });
});
