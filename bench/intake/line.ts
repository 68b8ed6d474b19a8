import { randomBytes } from 'node:crypto';
import { addPhoneNumber, newId, putIntegration, runAs } from '@parley/contracts';
import { RabbitMqTransport, RpcClient } from '@parley/messaging';
import type { Bench } from '../harness/bench';

/** A tenant's Vapi number with the secret its webhooks are signed with. */
export interface Line {
  readonly tenantId: string;
  readonly number: string;
  readonly secret: string;
}

/** Gives telephony-ingest a tenant with a Vapi account and a number, through its own operations. */
export async function arrangeLine(bench: Bench): Promise<Line> {
  const line: Line = { tenantId: newId(), number: '+14185550142', secret: randomBytes(24).toString('hex') };
  // Identity would tell of the tenant; it does not run here.
  await bench.database.query(
    `INSERT INTO telephony.tenants (id, slug, name, timezone, locale, country)
     VALUES ($1, 'bench', 'Bench', 'America/Montreal', 'fr', 'CA')`,
    [line.tenantId],
  );
  const transport = await RabbitMqTransport.connect({ url: bench.broker.url, name: 'parley-bench' });
  const rpc = new RpcClient(transport);
  const owner = {
    requestId: newId(),
    tenantId: line.tenantId,
    userId: newId(),
    roles: ['owner' as const],
    locale: 'fr' as const,
  };
  try {
    await runAs(owner, async () => {
      await rpc.call(putIntegration, { provider: 'vapi', webhookSecret: line.secret });
      await rpc.call(addPhoneNumber, { e164: line.number, provider: 'vapi', assistantId: 'bench' });
    });
  } finally {
    await transport.close();
  }
  return line;
}
