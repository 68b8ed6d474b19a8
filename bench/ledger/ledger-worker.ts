import { getCredits, newId, runAs, systemCaller } from '@parley/contracts';
import { InProcessTransport, RpcClient } from '@parley/messaging';
import { Database } from '@parley/persistence';
import { type RunningService, startService, useLogger } from '@parley/platform';
import { billing } from '../../apps/billing/src';
import { Grants } from '../../apps/billing/src/grants/grants.service';
import { Usage } from '../../apps/billing/src/usage/usage.service';
import { quantile } from '../harness/statistics';
import { serveTasks } from '../harness/worker';
import { type LedgerTask, type PostingResult, type ReadResult, repeat } from './ledger-task';

useLogger('error');
const transport = new InProcessTransport();
let service: RunningService;
let tenants: string[] = [];

/** The billing service itself, asked through the doors its other features use. */
serveTasks<LedgerTask, PostingResult | ReadResult | undefined>(async (task) => {
  if (task.verb === 'open') {
    service = await startService(billing, { env: process.env, transport, quiet: true });
    tenants = Array.from({ length: task.tenants }, () => newId());
    for (const tenantId of tenants) await fund(tenantId);
    return undefined;
  }
  const ms = task.seconds * 1000;
  if (task.verb === 'post') {
    let next = 0;
    return repeat(task.concurrency, ms, () => post(tenants[next++ % task.tenants] ?? ''));
  }
  const caller = { ...systemCaller(newId(), task.tenantId), roles: ['owner' as const] };
  const rpc = new RpcClient(transport);
  const { latencies } = await runAs(caller, () =>
    repeat(task.concurrency, ms, () => rpc.call(getCredits, {})),
  );
  return { p50: quantile(latencies, 0.5), p99: quantile(latencies, 0.99) };
});

function within(tenantId: string, work: () => Promise<void>): Promise<void> {
  return runAs(systemCaller(newId(), tenantId), () =>
    service.get<Database>(Database).forTenant(tenantId, work),
  );
}

/** More than the bench can use, so that every posting burns a grant. */
function fund(tenantId: string): Promise<void> {
  return within(tenantId, () =>
    service.get<Grants>(Grants).give({
      tenantId,
      naturalKey: 'bench',
      meter: 'credits',
      kind: 'credits',
      quantity: 1_000_000_000,
      description: 'Bench',
      occurredAt: new Date(),
    }),
  );
}

function post(tenantId: string): Promise<void> {
  const callId = newId();
  return within(tenantId, () =>
    service.get<Usage>(Usage).record(tenantId, {
      sourceType: 'call',
      sourceId: callId,
      version: 0,
      meter: 'voice_minutes',
      quantity: 1,
      rawSeconds: 42,
      occurredAt: new Date(),
      callId,
      description: 'Call of 0:42',
    }),
  );
}
