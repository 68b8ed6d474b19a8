import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import type { LoadResult, LoadTask } from './load';
import { quantile } from './statistics';
import { webhookMaker } from './webhook-maker';

/** Made before the clock starts; more are made as they are needed. */
const READY_PER_SECOND = 14_000;
const RESPONSE = /^HTTP\/1\.1 (\d{3})[\s\S]*?\r\ncontent-length: (\d+)\r\n[\s\S]*?\r\n\r\n/i;

/**
 * As many different webhooks as the connections carry, one at a time on each. autocannon builds every request that
 * differs from the last one while it measures, which costs a third of a core here; these are bytes before they start.
 */
export async function floodWebhooks(
  task: LoadTask,
  webhooks: NonNullable<LoadTask['webhooks']>,
): Promise<LoadResult> {
  const { hostname, port, pathname, host } = new URL(task.url);
  const make = webhookMaker(webhooks);
  const build = (): Buffer => {
    const { headers, body } = make();
    const lines = Object.entries({ host, ...headers, 'content-length': Buffer.byteLength(body) });
    const head = lines.map(([name, value]) => `${name}: ${value}\r\n`).join('');
    return Buffer.from(`POST ${pathname} HTTP/1.1\r\n${head}\r\n${body}`);
  };
  const ready = Array.from({ length: READY_PER_SECOND * task.seconds }, build);
  const sockets = await Promise.all(
    Array.from({ length: task.connections }, async () => {
      const socket = connect({ host: hostname, port: Number(port), noDelay: true });
      await once(socket, 'connect');
      return socket;
    }),
  );
  const latencies: number[] = [];
  const startedAt = performance.now();
  const endsAt = startedAt + task.seconds * 1000;
  try {
    await Promise.all(
      sockets.map((socket) => keepAsking(socket, () => ready.pop() ?? build(), endsAt, latencies)),
    );
  } finally {
    for (const socket of sockets) socket.destroy();
  }
  const seconds = (performance.now() - startedAt) / 1000;
  return {
    perSecond: latencies.length / seconds,
    p50: quantile(latencies, 0.5),
    p99: quantile(latencies, 0.99),
  };
}

function keepAsking(socket: Socket, next: () => Buffer, endsAt: number, latencies: number[]): Promise<void> {
  return new Promise((resolve, reject) => {
    let received = '';
    let sentAt = 0;
    const ask = (): void => {
      sentAt = performance.now();
      if (sentAt >= endsAt) resolve();
      else socket.write(next());
    };
    socket.on('data', (chunk: Buffer) => {
      received += chunk.toString('latin1');
      const [head, status, length] = RESPONSE.exec(received) ?? [];
      if (!head || received.length < head.length + Number(length)) return;
      if (!status?.startsWith('2')) {
        reject(new Error(`A webhook was answered ${received}`));
        return;
      }
      received = '';
      latencies.push(performance.now() - sentAt);
      ask();
    });
    socket.once('close', () => reject(new Error('The server hung up')));
    socket.once('error', reject);
    ask();
  });
}
