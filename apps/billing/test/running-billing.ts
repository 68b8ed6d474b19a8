import {
  type CallEndedV1,
  callEndedV1,
  callEnrichedV1,
  callStartedV1,
  type EventDefinition,
  type EventEnvelope,
  EVENTS,
  newId,
  type Operation,
  runAs,
  tenantCreatedV1,
} from '@parley/contracts';
import { InProcessTransport, RpcClient } from '@parley/messaging';
import { type RunningService, startService } from '@parley/platform';
import { aCallEnded, aCaller, type TestDatabase, testDatabase } from '@parley/testing';
import { billing } from '../src';

/** One replica of billing, reached only through its doors. */
export class Replica {
  readonly published: EventEnvelope[] = [];
  private readonly transport = new InProcessTransport();
  private service: RunningService;

  static async start(database: TestDatabase, env: Record<string, string> = {}): Promise<Replica> {
    const replica = new Replica();
    replica.service = await startService(billing, {
      env: { DATABASE_URL: database.urlOf('billing'), NODE_ENV: 'test', ...env },
      transport: replica.transport,
      quiet: true,
    });
    const types = EVENTS.map(({ type }) => type).filter((type) => type.startsWith('billing.'));
    await replica.transport.observe(types, (envelope) => replica.published.push(envelope));
    return replica;
  }

  /** Resolves when the event was handled; an error means it will be delivered again. */
  async deliver(...envelopes: EventEnvelope[]): Promise<(Error | undefined)[]> {
    return this.transport.publish(envelopes);
  }

  ask<Request extends object, Response extends object>(
    tenantId: string,
    operation: Operation<Request, Response>,
    request: Request,
  ): Promise<Response> {
    return runAs(aCaller({ tenantId }), () => new RpcClient(this.transport).call(operation, request));
  }

  askAsPlatform<Response extends object>(operation: Operation<object, Response>): Promise<Response> {
    return runAs(aCaller({ roles: ['super_admin'] }), () =>
      new RpcClient(this.transport).call(operation, {}),
    );
  }

  get<T>(token: Parameters<RunningService['get']>[0]): T {
    return this.service.get(token) as T;
  }

  close(): Promise<void> {
    return this.service.close();
  }
}

export async function billingDatabase(): Promise<TestDatabase> {
  return testDatabase([billing]);
}

function envelopeOf<Payload extends object>(
  event: EventDefinition<Payload>,
  tenantId: string,
  subject: string,
  payload: Payload,
): EventEnvelope {
  const id = newId();
  const meta = {
    id,
    source: event.producer,
    type: event.type,
    time: new Date().toISOString(),
    subject,
    tenantId,
  };
  return { meta: { ...meta, correlationId: newId() }, payload };
}

export const tenantCreated = (tenantId: string): EventEnvelope =>
  envelopeOf(tenantCreatedV1, tenantId, tenantId, { ...tenantCreatedV1.sample, tenantId });

export const callEnded = (tenantId: string, fields: Partial<CallEndedV1> = {}): EventEnvelope => {
  const call = aCallEnded(fields);
  return envelopeOf(callEndedV1, tenantId, call.callId, call);
};

export const callEnriched = (
  tenantId: string,
  version: number,
  fields: Partial<CallEndedV1> & { callId: string },
): EventEnvelope => envelopeOf(callEnrichedV1, tenantId, fields.callId, { ...aCallEnded(fields), version });

export const callStarted = (tenantId: string, callId: string): EventEnvelope =>
  envelopeOf(callStartedV1, tenantId, callId, { ...callStartedV1.sample, callId });
