import autocannon from 'autocannon';
import { Agent, request } from 'undici';
import type { LoadResult, LoadTask } from './load';
import { quantile } from './statistics';
import { floodWebhooks } from './webhook-flood';
import { webhookMaker } from './webhook-maker';
import { serveTasks } from './worker';

/** Makes load in a process of its own, so that making it does not stop the clock of who is measured. */
serveTasks<LoadTask, LoadResult>((task) => {
  if (task.rate !== undefined) return pace(task, task.rate);
  return task.webhooks ? floodWebhooks(task, task.webhooks) : flood(task);
});

/** As many requests as the connections carry, one at a time on each. */
async function flood({ url, seconds, connections, headers = {} }: LoadTask): Promise<LoadResult> {
  const result = await autocannon({ url, connections, duration: seconds, headers: { ...headers } });
  const failed = result.non2xx + result.errors + result.timeouts;
  if (failed > 0) throw new Error(`${url}: ${failed} failed: ${JSON.stringify(result.statusCodeStats)}`);
  return { perSecond: result['2xx'] / result.duration, p50: result.latency.p50, p99: result.latency.p99 };
}

/** Requests at an even rate. Latency counts from when a request was due, so a stall cannot hide what it delayed. */
async function pace(
  { url, seconds, connections, headers, webhooks }: LoadTask,
  rate: number,
): Promise<LoadResult> {
  const next = webhooks && webhookMaker(webhooks);
  const dispatcher = new Agent({ connections, pipelining: 1 });
  const latencies: number[] = [];
  const failures: string[] = [];
  const send = async (dueAt: number): Promise<void> => {
    const made = next?.();
    const response = await request(url, {
      method: made ? 'POST' : 'GET',
      headers: { ...headers, ...made?.headers },
      ...(made && { body: made.body }),
      dispatcher,
    });
    await response.body.dump();
    if (response.statusCode >= 300) failures.push(String(response.statusCode));
    latencies.push(performance.now() - dueAt);
  };
  const startedAt = performance.now();
  const running: Promise<void>[] = [];
  for (let sent = 0; sent < rate * seconds;) {
    const due = Math.min(((performance.now() - startedAt) / 1000) * rate, rate * seconds);
    for (; sent < due; sent++) {
      const work = send(startedAt + (sent / rate) * 1000);
      running.push(work.catch((error: unknown) => void failures.push(String(error))));
    }
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
  await Promise.all(running);
  await dispatcher.close();
  if (failures.length > 0) throw new Error(`${url}: ${failures.length} failed: ${failures[0]}`);
  return { perSecond: rate, p50: quantile(latencies, 0.5), p99: quantile(latencies, 0.99) };
}
