import { newId, runAs } from '@parley/contracts';
import { InProcessTransport, RabbitMqTransport, RpcClient, type Transport } from '@parley/messaging';
import { startService, useLogger } from '@parley/platform';
import { quantile } from '../harness/statistics';
import { serveTasks } from '../harness/worker';
import { echo, EchoRequest, echoService } from './echo';
import type { RpcResult, RpcTask } from './rpc-task';

const CALLER = {
  requestId: newId(),
  tenantId: newId(),
  userId: newId(),
  sessionId: newId(),
  roles: ['owner' as const],
  locale: 'fr' as const,
};

useLogger('error');
let transport: Transport | undefined;

/** Serves the echo, or asks it. In-process it does both. */
serveTasks<RpcTask, RpcResult | undefined>(async (task) => {
  if (task.verb === 'open') {
    transport = task.brokerUrl
      ? await RabbitMqTransport.connect({ url: task.brokerUrl, name: 'parley-bench-rpc' })
      : new InProcessTransport();
    if (task.serves) await startService(echoService, { env: {}, transport, quiet: true });
    return undefined;
  }
  if (!transport) throw new Error('The worker has no transport yet');
  const rpc = new RpcClient(transport);
  return runAs(CALLER, () => measure(rpc, task.concurrency, task.seconds * 1000));
});

async function measure(rpc: RpcClient, concurrency: number, ms: number): Promise<RpcResult> {
  const request = Object.assign(new EchoRequest(), {
    id: newId(),
    text: 'Le client demande un rendez-vous pour l’entretien de sa fournaise.',
    number: 133,
    items: Array.from({ length: 4 }, (_, index) => ({ name: `entretien ${index}`, amount: 4_500 + index })),
  });
  const latencies: number[] = [];
  const startedAt = performance.now();
  const ask = async (): Promise<void> => {
    for (let before = performance.now(); before - startedAt < ms;) {
      await rpc.call(echo, request);
      const now = performance.now();
      latencies.push(now - before);
      before = now;
    }
  };
  await Promise.all(Array.from({ length: concurrency }, ask));
  const seconds = (performance.now() - startedAt) / 1000;
  return {
    perSecond: latencies.length / seconds,
    p50: quantile(latencies, 0.5),
    p99: quantile(latencies, 0.99),
  };
}
