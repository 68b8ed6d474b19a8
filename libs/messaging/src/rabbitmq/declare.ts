import type { ServiceName } from '@parley/contracts';
import { connect } from 'amqplib';
import { declareService } from './topology';

/**
 * Declares a service's queues and bindings without starting it. Part of a deploy, before any producer runs: an
 * event published while nobody's queue is bound to it would be gone.
 */
export async function declareTopology(
  url: string,
  service: ServiceName,
  consumes: readonly { readonly type: string }[],
): Promise<void> {
  const connection = await connect(url, { noDelay: true, timeout: 10_000 });
  try {
    const channel = await connection.createChannel();
    await declareService(
      channel,
      service,
      consumes.map(({ type }) => type),
    );
    await channel.close();
  } finally {
    await connection.close();
  }
}
