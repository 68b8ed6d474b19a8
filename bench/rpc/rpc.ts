import { type Bench, say } from '../harness/bench';
import type { Child } from '../harness/child';
import { milliseconds, type PartResult, perSecond, type Row } from '../harness/row';
import type { RpcResult, RpcTask } from './rpc-task';

const CONCURRENCIES = [1, 16, 64];
const SECONDS = 2;
const WARM_UP_SECONDS = 1.5;

/** Round trips through the kit: client, transport, validation on both ends, Nest handler, and back. */
export async function measureRpc(bench: Bench): Promise<PartResult> {
  const { url: brokerUrl } = bench.broker;
  const alone = bench.start('RPC in-process', 'rpc/rpc-worker');
  await tell(alone, { verb: 'open', serves: true });
  const server = bench.start('RPC service', 'rpc/rpc-worker');
  await tell(server, { verb: 'open', brokerUrl, serves: true });
  const client = bench.start('RPC client', 'rpc/rpc-worker');
  await tell(client, { verb: 'open', brokerUrl, serves: false });

  for (const caller of [alone, client]) await ask(caller, 16, WARM_UP_SECONDS);
  const rows: Row[] = [];
  for (const concurrency of CONCURRENCIES) {
    const inProcess = await ask(alone, concurrency, SECONDS);
    const overBroker = await ask(client, concurrency, SECONDS);
    for (const [how, { perSecond: rate, p50, p99 }] of [
      ['in-process', inProcess],
      ['over RabbitMQ', overBroker],
    ] as const) {
      const ours = `${perSecond(rate)}, p50 ${milliseconds(p50)}, p99 ${milliseconds(p99)}`;
      rows.push({ part: 'rpc', what: `round trip ${how}, ${concurrency} at a time`, ours });
      say(`rpc ${how} ${concurrency}: ${ours}`);
    }
  }
  await bench.stop(client, server, alone);
  return {
    rows,
    notes: [
      `RPC: about 300 bytes of JSON each way, validated on both ends and answered by a Nest handler. Over RabbitMQ the caller and the service are processes of their own, and the broker shares the cores with them.`,
    ],
  };
}

const tell = (worker: Child, task: RpcTask): Promise<undefined> => worker.ask<undefined>(task, 20_000);

function ask(worker: Child, concurrency: number, seconds: number): Promise<RpcResult> {
  const task: RpcTask = { verb: 'measure', concurrency, seconds };
  return worker.ask<RpcResult>(task, seconds * 1000 + 20_000);
}
